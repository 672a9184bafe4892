/// Why TLS cannot be set up with the files that were given.
public struct TLSError: Error, Sendable, CustomStringConvertible {
    /// Which of them.
    public enum File: String, Sendable, Hashable {
        case certificate
        case key
        case authorities
    }

    public let file: File
    /// Where it is; nil where none was given and one is needed.
    public let path: String?
    public let expectation: String

    public var description: String { "\(file.rawValue)\(path.map { " \($0)" } ?? ""): \(expectation)" }
}
