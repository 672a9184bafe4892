import FoundationEssentials
import Glibc
import Logging
import Synchronization

/// Appends log lines to a file, so that what services have to say does not run through a person's terminal.
struct FileLog: LogHandler {
    private final class File: Sendable {
        private let descriptor: Mutex<Int32>

        init(descriptor: Int32) { self.descriptor = Mutex(descriptor) }

        func write(_ line: String) {
            let bytes = Array(line.utf8)
            // One write for one line: a log that is full or gone must not end what it tells about.
            descriptor.withLock { descriptor in _ = Glibc.write(descriptor, bytes, bytes.count) }
        }

        deinit { _ = descriptor.withLock { close($0) } }
    }

    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    private let file: File
    private let label: String

    /// Bytes from which on a log is laid aside when the next run begins; one such is kept.
    static let maximumBytes = 8 << 20

    /// Opens a file to append to; a large one is laid aside first, as `.1`.
    static func logger(path: String, label: String) throws(CommandError) -> Logger {
        var status = stat()
        // Where it cannot be moved it grows on; that is no reason not to run.
        if stat(path, &status) == 0, status.st_size >= maximumBytes { _ = rename(path, path + ".1") }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = errno == ENOSPC ? CocoaError(.fileWriteOutOfSpace) : CocoaError(.fileWriteUnknown)
            throw .dataUnwritable(at: path, "The log \(quoted(path)) cannot be written.", cause: reason)
        }
        let file = File(descriptor: descriptor)
        return Logger(label: label) { FileLog(file: file, label: $0) }
    }

    private init(file: File, label: String) {
        self.file = file
        self.label = label
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        let fields = merged.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        file.write("\(WallTime.now.rfc3339) \(event.level) \(label) \(event.message)\(fields)\n")
    }
}

extension WallTime {
    /// The present moment, in the wall's time.
    static var now: WallTime {
        var seconds = time(nil)
        var fields = tm()
        localtime_r(&seconds, &fields)
        return WallTime(unixSeconds: Int64(seconds), utcOffsetSeconds: fields.tm_gmtoff)
    }
}
