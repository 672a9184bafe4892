import Glibc

/// A file or the standard input, read in pieces.
final class ByteSource {
    /// As a person would name it in a message.
    let name: String

    private let descriptor: Int32

    /// Opens a file; `-` is the standard input.
    init(_ path: String) throws(CommandError) {
        guard path != "-" else {
            name = "standard input"
            descriptor = dup(STDIN_FILENO)
            return
        }
        name = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(path, FileFailure(errno: errno)) }
    }

    deinit { close(descriptor) }

    /// The next bytes, at most so many; nil at the end.
    func next(upTo limit: Int) throws(CommandError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit)
        while true {
            let count = read(descriptor, &bytes, limit)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.unreadable(name, FileFailure(errno: errno)) }
            guard count > 0 else { return nil }
            bytes.removeLast(limit - count)
            return bytes
        }
    }

    private static func unreadable(_ name: String, _ failure: FileFailure) -> CommandError {
        CommandError(.tableUnreadable, "\(name) cannot be read: \(failure.message).", cause: failure)
    }
}
