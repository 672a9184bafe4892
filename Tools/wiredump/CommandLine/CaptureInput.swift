import ArgumentParser
import Foundation
import WireDump

/// A capture in a file or a pipe.
struct CaptureInput {
    /// Packets that came together.
    struct Piece {
        let packets: [CapturedPacket]
        /// Whether nothing more had come yet when it was read.
        let isAllForNow: Bool
    }

    private static let pieceBytes = 1 << 20

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

    /// The next packets, or nil at the end.
    ///
    /// - Throws: ``CaptureError`` where the capture is no good, after the packets before that place.
    mutating func next() throws -> Piece? {
        if let fault { throw fault }
        guard let bytes = try file.read(upToCount: Self.pieceBytes), !bytes.isEmpty else {
            try capture.finish()
            return nil
        }
        capture.append(bytes)
        var packets: [CapturedPacket] = []
        do throws(CaptureError) {
            while let packet = try capture.next() { packets.append(packet) }
        } catch {
            fault = error
        }
        return Piece(packets: packets, isAllForNow: bytes.count < Self.pieceBytes)
    }
}
