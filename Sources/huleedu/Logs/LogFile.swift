import FoundationEssentials
import Glibc
import Synchronization

/// A file that one process appends lines to. When it is full it is laid aside under its name with `.1`, that with `.1` becomes `.2`, and
/// the one beyond those that are kept goes.
final class LogFile: Sendable {
    struct Limits: Sendable, Hashable {
        /// Bytes from which on the file is laid aside, before the next line; a line is never cut.
        var maximumBytes: Int
        /// Files laid aside that are kept; at least one.
        var kept: Int
    }

    private struct State {
        var descriptor: Int32
        var bytes: Int
    }

    private let path: String
    private let limits: Limits
    private let state: Mutex<State>

    /// Opens a file to append to; a full one is laid aside first.
    ///
    /// - Throws: `dataUnwritable` where it cannot be opened.
    init(path: String, limits: Limits) throws(CommandError) {
        self.path = path
        self.limits = limits
        if Self.size(path) >= limits.maximumBytes { Self.layAside(path, kept: limits.kept) }
        let descriptor = Self.open(path)
        guard descriptor >= 0 else {
            let reason = errno == ENOSPC ? CocoaError(.fileWriteOutOfSpace) : CocoaError(.fileWriteUnknown)
            throw .dataUnwritable(at: path, "The log \(quoted(path)) cannot be written.", cause: reason)
        }
        state = Mutex(State(descriptor: descriptor, bytes: Self.size(path)))
    }

    deinit { state.withLock { _ = close($0.descriptor) } }

    /// Appends a line, which brings its line feed.
    func write(_ line: String) {
        let bytes = Array(line.utf8)
        state.withLock { state in
            if state.bytes >= limits.maximumBytes { begin(&state) }
            // One write for one line: a log that is full or gone must not end what it tells about.
            state.bytes += max(0, Glibc.write(state.descriptor, bytes, bytes.count))
        }
    }

    /// Goes on in a new file. Where there can be none, the old one grows on: that is no reason not to run.
    private func begin(_ state: inout State) {
        Self.layAside(path, kept: limits.kept)
        let descriptor = Self.open(path)
        guard descriptor >= 0 else {
            // Tried again when it has grown as much once more: laying aside with each line would leave no log at all.
            state.bytes = 0
            return
        }
        close(state.descriptor)
        state = State(descriptor: descriptor, bytes: Self.size(path))
    }

    private static func layAside(_ path: String, kept: Int) {
        // Each takes the place of the one after it; what is not there moves nothing.
        for number in stride(from: kept - 1, through: 1, by: -1) { _ = rename("\(path).\(number)", "\(path).\(number + 1)") }
        _ = rename(path, path + ".1")
    }

    private static func open(_ path: String) -> Int32 {
        Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
