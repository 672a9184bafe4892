import Foundation

/// Lines for a file or a pipe, passed on in larger pieces.
struct Output {
    private static let pieceBytes = 64 << 10

    private let file: FileHandle
    private var waiting: [UInt8] = []

    init(_ file: FileHandle = .standardOutput) {
        self.file = file
    }

    mutating func write(_ lines: [String]) throws {
        for line in lines {
            waiting.append(contentsOf: line.utf8)
            waiting.append(UInt8(ascii: "\n"))
        }
        if waiting.count >= Self.pieceBytes { try flush() }
    }

    mutating func write(_ bytes: [UInt8]) throws {
        waiting.append(contentsOf: bytes)
        if waiting.count >= Self.pieceBytes { try flush() }
    }

    mutating func flush() throws {
        guard !waiting.isEmpty else { return }
        try file.write(contentsOf: Data(waiting))
        waiting.removeAll(keepingCapacity: true)
    }

    static func complain(_ line: String) {
        FileHandle.standardError.write(Data(("wiredump: " + line + "\n").utf8))
    }
}
