internal import Glibc
internal import Synchronization

/// Why the ledger file could not be opened or written.
public struct LedgerFileError: Error, Sendable, CustomStringConvertible {
    /// The file and the operating system's reason.
    public let message: String

    public var description: String { message }
}

/// Appends lines to a file and syncs each before it returns, so that the file tells what was answered whoever is killed.
final class LedgerFile: Sendable {
    private let path: String
    /// Nil once closed.
    private let descriptor: Mutex<Int32?>

    init(path: String) throws(LedgerFileError) {
        let opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw LedgerFileError(message: "\(path): \(String(cString: strerror(errno)))") }
        self.path = path
        descriptor = Mutex(opened)
    }

    deinit {
        close()
    }

    /// Appends one line. It blocks for as long as the disk takes.
    func append(_ line: JSON) throws(LedgerFileError) {
        let bytes = line.encoded + [UInt8(ascii: "\n")]
        let failure: Int32? = descriptor.withLock { descriptor in
            guard let descriptor else { return EBADF }
            var written = 0
            while written < bytes.count {
                let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                written += count
            }
            return fsync(descriptor) == 0 ? nil : errno
        }
        if let failure { throw LedgerFileError(message: "\(path): \(String(cString: strerror(failure)))") }
    }

    func close() {
        descriptor.withLock { descriptor in
            if let open = descriptor { _ = Glibc.close(open) }
            descriptor = nil
        }
    }
}
