private import Glibc
internal import Logging
private import Synchronization

/// The running server, watched by a thread that starts it again should it die.
///
/// The thread that starts the server stays as long as the server does, because the kernel's "signal on parent's death" goes by thread.
final class ServerProcess: Sendable {
    /// Deaths within ``restartWindow`` after which no further start is made.
    private let maxRestarts: Int
    private static let restartWindow: Duration = .seconds(60)

    private struct State {
        var process: Int32?
        var isStopping = false
        /// True once the server has answered; before that its end is a failed start.
        var isServing = false
        var hasEnded = false
        /// Why the program could not even be started.
        var launchFailure: PostgresError?
    }

    private let command: [String]
    private let folder: ClusterFolder
    /// Held here, because the watching thread keeps this object for as long as the server runs.
    private let lock: ClusterLock
    private let logger: Logger
    private let state = Mutex(State())

    init(command: [String], folder: ClusterFolder, lock: ClusterLock, maxRestarts: Int, logger: Logger) {
        self.command = command
        self.folder = folder
        self.lock = lock
        self.maxRestarts = maxRestarts
        self.logger = logger
    }

    /// Number of the server's main process while it runs.
    var processNumber: Int32? { state.withLock { $0.process } }

    /// True when no server runs and none will be started.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Why the program could not even be started; nil when it could, and its log then tells how it went.
    var launchFailure: PostgresError? { state.withLock { $0.launchFailure } }

    /// Starts the server on a thread of its own; readiness shows by connecting.
    func start() {
        state.withLock { $0.hasEnded = false }
        DetachedThread.start(name: "postgres-server") { [self] in watch() }
    }

    /// From now on the server is restarted when it dies.
    func markServing() {
        state.withLock { $0.isServing = true }
    }

    /// Sends a signal to the server's main process, if it runs.
    func signal(_ signal: Int32) {
        state.withLock { state in
            state.isStopping = true
            // Under the lock, so that the process cannot be released in between and its number given to another.
            if let process = state.process { kill(process, signal) }
        }
    }

    /// Gives up the data folder; for when the server has ended for good.
    func releaseFolder() {
        folder.removeSocketFolder()
        lock.release()
    }

    private func watch() {
        var deaths: [ContinuousClock.Instant] = []
        while true {
            guard let process = launch() else { break }
            ChildProcess.awaitExit(of: process)
            let isWanted = state.withLock { state in
                state.process = nil
                return state.isServing && !state.isStopping
            }
            ChildProcess.reap(process)
            let now = ContinuousClock.now
            deaths = deaths.filter { $0 + Self.restartWindow > now } + [now]
            guard isWanted else { break }
            guard deaths.count <= maxRestarts else {
                logger.critical(
                    "the PostgreSQL server died too often and is not started again", metadata: ["log": "\(folder.log)"])
                break
            }
            logger.error("the PostgreSQL server died and is started again", metadata: ["deaths": "\(deaths.count)"])
            // The processes of the dead server need a moment to go; each further death in a row doubles the wait.
            usleep(50_000 << min(deaths.count - 1, 6))
        }
        state.withLock { $0.hasEnded = true }
    }

    /// Nil when the server is not wanted any more or cannot be started.
    private func launch() -> Int32? {
        do throws(PostgresError) {
            let log = try folder.openLog()
            defer { close(log) }
            return try state.withLock { state throws(PostgresError) in
                guard !state.isStopping else { return nil }
                state.process = ChildProcess.start(command, output: log)
                guard state.process != nil else {
                    throw PostgresError(.startFailed, "\(command.first ?? "") cannot be started", outcome: .notSent)
                }
                return state.process
            }
        } catch {
            logger.error("the PostgreSQL server cannot be started", metadata: ["reason": "\(error.message)"])
            state.withLock { $0.launchFailure = error }
            return nil
        }
    }
}
