internal import Glibc
internal import Synchronization

/// A program run by a test. Everything that blocks happens on threads of its own.
public final class ChildProcess: Sendable {
    /// A program that could not be started, and the operating system's reason.
    public struct SpawnError: Error {
        /// What was to be started.
        public let program: String
        /// The value of `errno`.
        public let code: Int32
    }

    private let identifier: pid_t
    private let output: Mutex<Output>
    private let exit: Mutex<Exit>

    private struct Output {
        var bytes: [UInt8] = []
        var hasEnded = false
    }

    private struct Exit {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    /// Starts a program found through `PATH`; its standard output is collected, its standard error is discarded.
    public init(_ arguments: [String]) throws(SpawnError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SpawnError(program: arguments[0], code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var identifier = pid_t()
        let code = posix_spawnp(&identifier, arguments[0], &actions, nil, &pointers, environ)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw SpawnError(program: arguments[0], code: code)
        }
        self.identifier = identifier
        output = Mutex(Output())
        exit = Mutex(Exit())
        let reader = ends[0]
        startThread { [self] in collect(reader) }
        startThread { [self] in reap() }
    }

    /// Sends a signal.
    public func signal(_ signal: Int32) {
        exit.withLock { if $0.status == nil { kill(identifier, signal) } }
    }

    /// The exit status, or nil when the program did not end in time; it is then killed.
    public func wait(within limit: Duration) async throws -> Int32? {
        let deadline = ContinuousClock.now.advanced(by: limit)
        while ContinuousClock.now < deadline {
            if let status = exit.withLock({ $0.status }) {
                // What was printed last may still be on its way through the pipe.
                while ContinuousClock.now < deadline, !output.withLock({ $0.hasEnded }) {
                    try await Task.sleep(for: .milliseconds(2))
                }
                return status
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        signal(SIGKILL)
        return nil
    }

    /// The exit status, or 128 and the signal, once the program has ended.
    public func wait() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = exit.withLock { exit in
                if exit.status == nil { exit.waiting.append(continuation) }
                return exit.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    /// Everything printed so far.
    public var printed: String { output.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    /// The first line printed, waited for at most `limit`.
    public func firstLine(within limit: Duration = .seconds(30)) async throws -> String? {
        let deadline = ContinuousClock.now.advanced(by: limit)
        while ContinuousClock.now < deadline {
            let (text, hasEnded) = output.withLock { (String(decoding: $0.bytes, as: UTF8.self), $0.hasEnded) }
            if let end = text.firstIndex(of: "\n") { return String(text[..<end]) }
            if hasEnded { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
        return nil
    }

    private func collect(_ reader: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(reader, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            output.withLock { $0.bytes += buffer.prefix(count) }
        }
        close(reader)
        output.withLock { $0.hasEnded = true }
    }

    private func reap() {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        let result = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        let waiting = exit.withLock { exit in
            exit.status = result
            defer { exit.waiting = [] }
            return exit.waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }
}

/// Runs a body on a thread of its own.
public func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    precondition(result == 0, "a test needs a thread")
    pthread_detach(thread)
}

/// Whether all of these programs are found through `PATH`.
public func areInstalled(_ programs: String...) -> Bool {
    let folders = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":")
    return programs.allSatisfy { program in folders.contains { access("\($0)/\(program)", X_OK) == 0 } }
}
