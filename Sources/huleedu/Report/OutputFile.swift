import Glibc

/// A file that is written whole or not at all.
enum OutputFile {
    /// Makes sure, before any work is paid for, that a file can be written there; leaves nothing behind.
    static func check(_ path: String) throws(CommandError) {
        let (descriptor, temporary) = try create(besides: destination(of: path))
        close(descriptor)
        unlink(temporary)
    }

    /// Writes a file beside its place, makes it durable and moves it there: whoever looks sees the old file or the new one.
    static func write(_ text: String, to path: String) throws(CommandError) {
        let destination = try destination(of: path)
        let (descriptor, temporary) = try create(besides: destination)
        do throws(FileFailure) {
            try fill(descriptor, with: text)
            guard rename(temporary, destination) == 0 else { throw FileFailure(errno: errno) }
        } catch {
            unlink(temporary)
            throw unwritable(path, error)
        }
    }

    /// Where a path leads once links are followed: nothing yet, or a file that may be replaced.
    private static func destination(of path: String) throws(CommandError) -> String {
        guard path != "-" else {
            throw CommandError(
                .outputUnwritable,
                "- would be the standard output, where the program's own output goes; expected the name of a file to write, as in ./-."
            )
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            let failure = FileFailure(errno: errno)
            guard lstat(path, &status) != 0 else {
                throw CommandError(
                    .outputUnwritable, "\(path) is a link that leads nowhere; expected the name of a file to write.")
            }
            guard failure.code == .missing else { throw unwritable(path, failure) }
            return path
        }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG, !isOpenForOutput(status) else {
            let what = kind == S_IFDIR ? "a folder" : kind == S_IFREG ? "where the program's own output goes" : "no regular file"
            throw CommandError(.outputUnwritable, "\(path) is \(what); expected the name of a file to write.")
        }
        guard let resolved = realpath(path, nil) else { throw unwritable(path, FileFailure(errno: errno)) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether a file is what the standard output or the standard error has been directed to, by whatever name.
    private static func isOpenForOutput(_ file: stat) -> Bool {
        [STDOUT_FILENO, STDERR_FILENO].contains { descriptor in
            var status = stat()
            return fstat(descriptor, &status) == 0 && status.st_dev == file.st_dev && status.st_ino == file.st_ino
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
