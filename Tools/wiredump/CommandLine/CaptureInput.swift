import ArgumentParser
import Foundation
import WireDump

/// A capture in a file or a pipe.
struct CaptureInput: PacketSource {
    private static let pieceBytes = 1 << 20
    /// What a pipe holds that is full, mostly. Whoever waited for room in it goes on at once, so that the next may be there in a moment.
    private static let pipeBytes = 64 << 10
    private static let momentMilliseconds: Int32 = 10

    private let file: FileHandle
    private var capture = CaptureReader()
    private var fault: CaptureError?

    /// - Parameter path: of the file; - is standard input.
    init(_ path: String) throws {
        if path == "-" {
            file = .standardInput
        } else {
            guard let handle = FileHandle(forReadingAtPath: path) else { throw ValidationError("\(path) cannot be read.") }
            file = handle
        }
    }

    /// Whether everything that will ever come is there.
    var isFile: Bool {
        var status = stat()
        return fstat(file.fileDescriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether something has come, or the end, within a time.
    func waits(milliseconds: Int32) throws -> Bool {
        var place = pollfd(fd: file.fileDescriptor, events: Int16(POLLIN), revents: 0)
        let count = poll(&place, 1, milliseconds)
        guard count >= 0 || errno == EINTR else {
            throw CaptureError(description: "cannot be read: \(String(cString: strerror(errno)))")
        }
        return count > 0
    }

    /// The next packets, or nil at the end.
    ///
    /// - Throws: ``CaptureError`` where the capture is no good, after the packets before that place.
    mutating func next() throws -> PacketPiece? {
        if let fault { throw fault }
        let bytes = try read()
        guard !bytes.isEmpty else {
            try capture.finish()
            return nil
        }
        let isAllForNow = try bytes.count < Self.pipeBytes || !waits(milliseconds: Self.momentMilliseconds)
        capture.append(bytes)
        var packets: [CapturedPacket] = []
        do throws(CaptureError) {
            while let packet = try capture.next() { packets.append(packet) }
        } catch {
            fault = error
        }
        return PacketPiece(packets: packets, isAllForNow: isAllForNow)
    }

    /// What there is, once there is anything; a file handle would wait until there is as much as was asked for.
    private func read() throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
            repeat {
                let bytes = Foundation.read(file.fileDescriptor, buffer.baseAddress, buffer.count)
                guard bytes < 0 else { return count = bytes }
            } while errno == EINTR
            throw CaptureError(description: "cannot be read: \(String(cString: strerror(errno)))")
        }
    }
}
