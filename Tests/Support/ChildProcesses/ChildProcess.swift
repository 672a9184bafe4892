private import CSpawn
internal import Glibc
internal import Watching

/// A program run by a test, with no descriptor of the test's own but for its output.
///
/// Everything that blocks happens on threads of its own. Waiting has no limit but the test's: when a test is cancelled, by its time limit
/// for example, the program that it waits for is killed.
public final class ChildProcess: Sendable {
    /// A program that could not be started, and the operating system's reason.
    public struct SpawnError: Error {
        /// What was to be started.
        public let program: String
        /// The value of `errno`.
        public let code: Int32
    }

    /// Where a program's standard error goes.
    public enum StandardError: Sendable {
        case discarded
        /// Among what it prints.
        case collected
        /// On a terminal, as its input and its output are then; the terminal is the one that rules it.
        case terminal
    }

    private struct State {
        var output: [UInt8] = []
        var outputHasEnded = false
        var status: Int32?
    }

    private let identifier: pid_t
    /// Where its output is read: a pipe's end, or ours of its terminal.
    private let reader: Int32
    private let state = Watched(State())

    /// Starts a program found through `PATH`.
    ///
    /// - Parameters:
    ///   - environment: changes to the test's own; nil removes a variable.
    ///   - inheritsDescriptors: whether it gets what is open here and not marked to be closed.
    public init(
        _ arguments: [String], environment: [String: String?] = [:], standardError: StandardError = .discarded,
        inheritsDescriptors: Bool = false
    ) throws(SpawnError) {
        let isOnTerminal = if case .terminal = standardError { true } else { false }
        guard let ends = isOnTerminal ? Self.terminal() : Self.pipe() else {
            throw SpawnError(program: arguments[0], code: errno)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads that run tasks block signals; a program hears those that it is sent.
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        // The first terminal that the leader of a new session opens becomes the one whose Ctrl-C it hears.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | (isOnTerminal ? posix_spawn_setsid : 0))
        posix_spawn_file_actions_addopen(&actions, 0, ends.inputPath, O_RDWR, 0)
        switch standardError {
        case .discarded:
            posix_spawn_file_actions_adddup2(&actions, ends.writer, 1)
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        case .collected, .terminal:
            posix_spawn_file_actions_adddup2(&actions, ends.writer, 1)
            posix_spawn_file_actions_adddup2(&actions, ends.writer, 2)
        }
        if !inheritsDescriptors { posix_spawn_file_actions_addclosefrom_np(&actions, 3) }
        var pointers = arguments.map { strdup($0) } + [nil]
        var variables = Self.merged(environment).map { strdup($0) } + [nil]
        defer { for pointer in pointers + variables { free(pointer) } }
        var identifier = pid_t()
        let code = posix_spawnp(&identifier, arguments[0], &actions, &attributes, &pointers, &variables)
        close(ends.writer)
        guard code == 0 else {
            close(ends.reader)
            throw SpawnError(program: arguments[0], code: code)
        }
        self.identifier = identifier
        reader = ends.reader
        startThread { [self] in collect() }
        startThread { [self] in reap() }
    }

    /// Both ends of what a program's output goes through, and what its input is opened from.
    private struct Ends {
        let reader: Int32
        let writer: Int32
        let inputPath: String
    }

    private static func pipe() -> Ends? {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { return nil }
        return Ends(reader: ends[0], writer: ends[1], inputPath: "/dev/null")
    }

    private static func terminal() -> Ends? {
        let ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
        var name = [CChar](repeating: 0, count: 64)
        guard ours >= 0, grantpt(ours) == 0, unlockpt(ours) == 0, ptsname_r(ours, &name, name.count) == 0 else { return nil }
        let theirs = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard theirs >= 0 else { return nil }
        return Ends(
            reader: ours, writer: theirs, inputPath: String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
    }

    private static func merged(_ changes: [String: String?]) -> [String] {
        var variables: [String] = []
        var next = environ
        while let variable = next.pointee {
            let text = String(cString: variable)
            if changes[String(text.prefix { $0 != "=" })] == nil { variables.append(text) }
            next += 1
        }
        for (name, value) in changes {
            if let value { variables.append("\(name)=\(value)") }
        }
        return variables
    }

    /// Sends a signal, unless the program has ended.
    public func signal(_ signal: Int32) {
        state.withValue { if $0.status == nil { kill(identifier, signal) } }
    }

    /// Types on the program's terminal.
    public func type(_ text: String) {
        let bytes = Array(text.utf8)
        state.withValue { state in
            guard !state.outputHasEnded else { return }
            let count = write(reader, bytes, bytes.count)
            precondition(count == bytes.count, "a terminal takes a few letters at once")
        }
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool { state.withValue { $0.status == nil } }

    // MARK: - Waiting

    /// Everything printed so far.
    public var printed: String { state.withValue { String(decoding: $0.output, as: UTF8.self) } }

    /// The exit status, or 128 and the signal, once the program has ended and all of its output is here.
    public func wait() async -> Int32 {
        await until { $0.status != nil && $0.outputHasEnded }
        return state.withValue { $0.status ?? -1 }
    }

    /// The first line printed; nil when the program ended without one.
    public func firstLine() async -> String? {
        await until { $0.outputHasEnded || $0.output.contains(UInt8(ascii: "\n")) }
        let text = printed
        return text.firstIndex(of: "\n").map { String(text[..<$0]) }
    }

    /// Waits for a text in the output.
    ///
    /// - Returns: false when the program ended without it.
    public func prints(_ text: String) async -> Bool {
        await until { $0.outputHasEnded || String(decoding: $0.output, as: UTF8.self).contains(text) }
        return printed.contains(text)
    }

    private func until(_ condition: @Sendable (State) -> Bool) async {
        await withTaskCancellationHandler {
            await state.wait(until: condition)
        } onCancel: {
            signal(SIGKILL)
        }
    }

    // MARK: - The two threads

    private func collect() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(reader, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            // A terminal that nobody has open any more fails to be read.
            guard count > 0 else { break }
            state.change { $0.output += buffer.prefix(count) }
        }
        state.change {
            close(reader)
            $0.outputHasEnded = true
        }
    }

    private func reap() {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        let result = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        state.change { $0.status = result }
    }
}

extension ChildProcess {
    /// The most bytes of its own that the program has had in memory so far; nil once it has ended, and where the system does not tell.
    public var peakMemory: Int? {
        let file = open("/proc/\(identifier)/status", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        // The whole has some fifteen hundred bytes.
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let line = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 }
    }
}
