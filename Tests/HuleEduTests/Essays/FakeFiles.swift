import Synchronization

@testable import huleedu

/// Files in memory, for faults that a real file system shows too seldom.
final class FakeFiles: Sendable {
    private let contents: Mutex<[String: [UInt8]]>
    private let rawNames: [[UInt8]]

    init(_ files: [String: String], rawNames: [[UInt8]] = []) {
        contents = Mutex(files.mapValues { Array($0.utf8) })
        self.rawNames = rawNames
    }

    /// An access to them; `vanishing` files are listed and gone when they are read, `failing` ones cannot be read.
    func access(vanishing: Set<String> = [], failing: [String: FileFailure] = [:]) -> FileAccess {
        FileAccess(
            names: { [self] _, limit throws(FileFailure) in
                Array((contents.withLock { $0.keys.map { Array($0.utf8) } } + rawNames).prefix(limit))
            },
            kind: { [self] path throws(FileFailure) in
                if path == "folder" { return .folder }
                let name = String(path.dropFirst("folder/".count))
                return .file(bytes: contents.withLock { $0[name]?.count ?? 0 })
            },
            read: { [self] path, limit throws(FileFailure) in
                let name = path.hasPrefix("folder/") ? String(path.dropFirst("folder/".count)) : path
                if let failure = failing[name] { throw failure }
                guard !vanishing.contains(name), let bytes = contents.withLock({ $0[name] }) else {
                    throw FileFailure(code: .missing, message: "No such file or directory")
                }
                return Array(bytes.prefix(limit))
            })
    }
}
