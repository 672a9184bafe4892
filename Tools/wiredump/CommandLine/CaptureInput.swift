import ArgumentParser
import Foundation
import WireDump

/// A capture in a file or a pipe.
struct CaptureInput {
    private static let pieceBytes = 1 << 20

    private let file: FileHandle

    /// - Parameter path: of the file; - is standard input.
    init(_ path: String) throws {
        if path == "-" {
            file = .standardInput
        } else {
            guard let handle = FileHandle(forReadingAtPath: path) else { throw ValidationError("\(path) cannot be read.") }
            file = handle
        }
    }

    /// Passes all packets on; `pause` is called when those that have come so far were.
    ///
    /// - Returns: what is wrong with the capture.
    func read(_ receive: (CapturedPacket) throws -> Void, pause: () throws -> Void) throws -> CaptureError? {
        var capture = CaptureReader()
        do {
            while let piece = try file.read(upToCount: Self.pieceBytes), !piece.isEmpty {
                capture.append(piece)
                while let packet = try capture.next() { try receive(packet) }
                try pause()
            }
            try capture.finish()
            return nil
        } catch let error as CaptureError {
            return error
        }
    }
}
