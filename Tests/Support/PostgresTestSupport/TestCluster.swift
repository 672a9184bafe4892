private import Dispatch
private import Glibc
private import Logging
public import Postgres
private import Synchronization

/// The one server that all tests of a process share.
///
/// It is started by the first test that needs it, without `fsync`, in a folder of its own under `/tmp`, and goes with the process: at a
/// regular end an exit handler removes it, after a crash the kernel stops the server and the next run removes the folder.
///
/// Tests share nothing but the server: each takes a database of its own, see ``TestDatabase``. A test that kills servers starts a
/// cluster of its own, in a folder made with ``temporaryFolder(_:)``.
public actor TestCluster {
    public static let shared = TestCluster()

    private static let folderPrefix = "huleedu-test-"

    private var starting: Task<EmbeddedCluster, any Error>?

    /// The server once it runs, for the exit handler.
    private static let started = Mutex<EmbeddedCluster?>(nil)

    /// The running server.
    public func running() async throws -> EmbeddedCluster {
        if let starting { return try await starting.value }
        // A bridge: the server belongs to the process, so the test that happens to be first must not take it along when cancelled.
        let task = Task { try await Self.start() }
        starting = task
        return try await task.value
    }

    /// A new folder that is removed with the process, or after it. Its path is short, as sockets' paths must be.
    public static func temporaryFolder(_ purpose: String) -> String {
        _ = cleanUpOnce
        let path = "\(processFolder)/\(purpose)\(folderCount.next())"
        precondition(mkdir(path, 0o755) == 0, "\(path) cannot be created")
        return path
    }

    private static func start() async throws -> EmbeddedCluster {
        var options = EmbeddedCluster.Options()
        options.isDurable = false
        options.maxConnections = 200
        let folder = temporaryFolder("shared")
        let cluster = try await EmbeddedCluster.start(
            dataDirectory: folder, runtimeDirectory: folder + "/run", options: options, logger: Logger(label: "test-cluster"))
        started.withLock { $0 = cluster }
        return cluster
    }

    // MARK: Folders

    private static let folderCount = Counter()

    private static let processFolder = "/tmp/\(folderPrefix)\(getpid())"

    /// Removes what dead processes left, and arranges that we leave nothing.
    private static let cleanUpOnce: Void = {
        removeFoldersOfDeadProcesses()
        remove(processFolder)
        precondition(mkdir(processFolder, 0o755) == 0, "\(processFolder) cannot be created")
        atexit {
            TestCluster.stopShared()
            TestCluster.removeOwnFolder()
        }
    }()

    /// Stops the shared server as its owner does, or else it would be taken for one that died, and started again.
    private static func stopShared() {
        guard let cluster = started.withLock({ $0 }) else { return }
        let stopped = DispatchSemaphore(value: 0)
        // A bridge: exit handlers cannot wait for an asynchronous call in any other way.
        Task {
            await cluster.stop()
            stopped.signal()
        }
        _ = stopped.wait(timeout: .now() + 5)
    }

    private static func removeFoldersOfDeadProcesses() {
        guard let folder = opendir("/tmp") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard name.hasPrefix(folderPrefix), let process = pid_t(name.dropFirst(folderPrefix.count)) else { continue }
            if kill(process, 0) == -1, errno == ESRCH { remove("/tmp/\(name)") }
        }
    }

    /// Stops the servers that tests left running in our folder, then removes it.
    private static func removeOwnFolder() {
        run(["/usr/bin/pkill", "-QUIT", "-P", "\(getpid())", "-x", "postgres"])
        // Servers stop within milliseconds; the folder of one that does not is left to the next run.
        for _ in 0..<100 {
            guard run(["/usr/bin/pgrep", "-P", "\(getpid())", "-x", "postgres"]) == 0 else { break }
            usleep(10_000)
        }
        remove(processFolder)
    }

    private static func remove(_ path: String) {
        run(["/bin/rm", "-rf", "--", path])
    }

    @discardableResult
    private static func run(_ command: [String]) -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var child = pid_t()
        guard posix_spawn(&child, command[0], &actions, nil, &arguments, environ) == 0 else { return -1 }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        return status
    }
}
