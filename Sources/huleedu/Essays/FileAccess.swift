/// What the program asks of a file system: a struct of closures, so that a test can let a file vanish half-way.
///
/// The calls block; run them off the cooperative pool where that matters.
struct FileAccess: Sendable {
    /// What a name stands for, links followed.
    enum Kind: Sendable, Hashable {
        case file(bytes: Int)
        case folder
        case other
    }

    /// The names in a folder except `.` and `..`, as raw bytes in no particular order; stops after `limit` names.
    var names: @Sendable (_ folder: String, _ limit: Int) throws(FileFailure) -> [[UInt8]]
    /// What lies at a path, links followed.
    var kind: @Sendable (_ path: String) throws(FileFailure) -> Kind
    /// The bytes of a regular file, at most `limit` of them.
    var read: @Sendable (_ path: String, _ limit: Int) throws(FileFailure) -> [UInt8]

    init(
        names: @escaping @Sendable (_ folder: String, _ limit: Int) throws(FileFailure) -> [[UInt8]],
        kind: @escaping @Sendable (_ path: String) throws(FileFailure) -> Kind,
        read: @escaping @Sendable (_ path: String, _ limit: Int) throws(FileFailure) -> [UInt8]
    ) {
        self.names = names
        self.kind = kind
        self.read = read
    }
}

/// Why the file system refused.
struct FileFailure: Error, Sendable, Hashable {
    /// What the refusal means to a caller.
    enum Code: Sendable, Hashable {
        case missing, notAFolder, linkLoop, denied, notARegularFile, noSpace, other
    }

    let code: Code
    /// The system's own words.
    let message: String
}
