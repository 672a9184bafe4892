import Glibc

/// The stream for what a person should see while the result goes elsewhere.
enum StandardError {
    /// Writes text unbuffered. What cannot be written is dropped: a closed terminal must not end a run that is paid for.
    static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
