import Glibc

/// The stream for results.
enum StandardOutput {
    /// Writes text unbuffered, so that whoever reads from a pipe has each line when it is written.
    static func write(_ text: String) throws(CommandError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A reader that has gone wants no more.
            if count < 0, errno == EPIPE { return }
            guard count > 0 else {
                let failure = FileFailure(errno: errno)
                throw CommandError(
                    .outputUnwritable, "The standard output cannot be written: \(failure.message).", cause: failure)
            }
            rest = rest.dropFirst(count)
        }
    }
}
