private import CPostgres
private import Glibc

/// Starting programs. Every call here blocks; call it on a thread that may.
enum ChildProcess {
    struct Run: Sendable {
        /// Exit status; 128 and the signal's number for a program ended by one; -1 when it could not be started.
        let status: Int32
        /// Standard output and standard error together, cut at ``outputLimit``.
        let output: String
    }

    static let outputLimit = 64 << 10

    /// What a child sees of our environment: nothing of it may change how the server behaves.
    private static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]

    /// Starts a program with its output going to a descriptor; nil when that fails.
    static func start(_ command: [String], output: Int32) -> Int32? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        // A socket of ours that the server held as well would stay open after we have closed it, and a port taken after our death.
        // So would a pipe's end, and whoever reads from the pipe would wait as long as the server lives.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        // The server's folder could be a mount that is to go away; and initdb complains about one it may not enter.
        posix_spawn_file_actions_addchdir_np(&actions, "/")
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: the terminal's Ctrl-C goes to us, and we stop the server in good order. Signals start out as usual.
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var child = pid_t()
        guard let program = command.first, posix_spawn(&child, program, &actions, &attributes, &arguments, &variables) == 0 else {
            return nil
        }
        return child
    }

    /// Runs a program and waits for its end.
    static func runToEnd(_ command: [String]) -> Run {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { return Run(status: -1, output: String(cString: strerror(errno))) }
        defer { close(ends[0]) }
        guard let child = start(command, output: ends[1]) else {
            close(ends[1])
            return Run(status: -1, output: "\(command.first ?? "") cannot be started")
        }
        close(ends[1])
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(ends[0], &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            // What is beyond the limit is read all the same, or the child would stop at a full pipe.
            output += chunk.prefix(min(count, max(0, outputLimit - output.count)))
        }
        return Run(status: waitForEnd(of: child), output: String(decoding: output, as: UTF8.self))
    }

    /// Waits for a child to end, without releasing its number: no other process has it until ``reap(_:)``.
    static func awaitExit(of child: Int32) {
        var reason = siginfo_t()
        while waitid(P_PID, id_t(child), &reason, Int32(WEXITED | WNOWAIT)) == -1, errno == EINTR {}
    }

    /// Releases the number of a child that has ended.
    static func reap(_ child: Int32) {
        _ = waitForEnd(of: child)
    }

    private static func waitForEnd(of child: Int32) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1 {
            guard errno == EINTR else { return -1 }
        }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
