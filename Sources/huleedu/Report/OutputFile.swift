import Glibc

/// A file that is written whole or not at all.
enum OutputFile {
    /// Makes sure, before any work is paid for, that a file can be written there; leaves nothing behind.
    static func check(_ path: String) throws(CommandError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw CommandError(.outputUnwritable, "\(path) is a folder; expected the name of a file to write.")
        }
        let (descriptor, temporary) = try create(besides: path)
        close(descriptor)
        unlink(temporary)
    }

    /// Writes a file beside its place, makes it durable and moves it there: whoever looks sees the old file or the new one.
    static func write(_ text: String, to path: String) throws(CommandError) {
        let (descriptor, temporary) = try create(besides: path)
        do throws(FileFailure) {
            try fill(descriptor, with: text)
            guard rename(temporary, path) == 0 else { throw FileFailure(errno: errno) }
        } catch {
            unlink(temporary)
            throw unwritable(path, error)
        }
    }

    private static func create(besides path: String) throws(CommandError) -> (descriptor: Int32, path: String) {
        let temporary = "\(path).\(getpid()).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw unwritable(path, FileFailure(errno: errno)) }
        return (descriptor, temporary)
    }

    private static func fill(_ descriptor: Int32, with text: String) throws(FileFailure) {
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFailure(errno: errno) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw FileFailure(errno: errno) }
    }

    private static func unwritable(_ path: String, _ failure: FileFailure) -> CommandError {
        CommandError(.outputUnwritable, "\(path) cannot be written: \(failure.message).", cause: failure)
    }
}
