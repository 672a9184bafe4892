import ArgumentParser
import Foundation
import WireDump

/// A new pcapng file of raw addresses, which holds everything that was said.
struct PacketRecording {
    private var output: Output

    init(_ file: FileHandle) {
        output = Output(file)
    }

    /// Opens a file that only its owner reads; what was in it is lost, and so are the rights that others had to it.
    static func newFile(_ path: String) throws -> FileHandle {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refusal(path) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw refusal(path) }
        // Pipes and devices have the rights that they have.
        guard status.st_mode & S_IFMT == S_IFREG else { return file }
        guard fchmod(descriptor, 0o600) == 0, ftruncate(descriptor, 0) == 0 else { throw refusal(path) }
        return file
    }

    private static func refusal(_ path: String) -> ValidationError {
        ValidationError("--record: \(path) cannot be written: \(String(cString: strerror(errno))).")
    }

    mutating func begin() throws { try output.write(PcapngWriter.header(link: SegmentWriter.link)) }
    mutating func write(_ packet: CapturedPacket) throws { try output.write(PcapngWriter.packet(packet)) }
    mutating func flush() throws { try output.flush() }
}

/// Passes packets on from a source, and records them.
struct RecordedSource<Source: PacketSource>: PacketSource {
    private var source: Source
    private var recording: PacketRecording

    /// - Parameter recording: which has begun.
    init(_ source: Source, to recording: PacketRecording) {
        self.source = source
        self.recording = recording
    }

    mutating func next() async throws -> PacketPiece? {
        let piece: PacketPiece?
        do {
            piece = try await source.next()
        } catch {
            try recording.flush()
            throw error
        }
        for packet in piece?.packets ?? [] { try recording.write(packet) }
        if piece?.isAllForNow != false { try recording.flush() }
        return piece
    }

    /// Records everything that comes until the source ends.
    ///
    /// - Returns: what is wrong with the source.
    consuming func drain() async throws -> CaptureError? {
        var source = self
        do {
            while try await source.next() != nil {}
            return nil
        } catch let fault as CaptureError {
            return fault
        }
    }
}
