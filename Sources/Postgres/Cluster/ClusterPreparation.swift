private import Glibc
internal import Logging

/// All that happens before the server's start: finding programs and account, taking the lock, clearing leftovers, making the data.
///
/// Everything here blocks.
struct ClusterPreparation: Sendable {
    let folder: ClusterFolder
    let lock: ClusterLock
    let programs: ServerPrograms
    let account: ServerAccount
    /// What starts the server.
    let command: [String]

    static func prepare(
        dataDirectory: String, runtimeDirectory: String?, options: EmbeddedCluster.Options, logger: Logger
    ) throws(PostgresError) -> ClusterPreparation {
        let folder = try ClusterFolder(path: dataDirectory, socketFolder: runtimeDirectory, environment: options.environment)
        let existingVersion = try folder.existingVersion()
        let programs = try ServerPrograms.find(wantedVersion: existingVersion, environment: options.environment)
        let account = try ServerAccount.choose(situation(of: folder))
        let lock = try ClusterLock(path: folder.lock)
        // Another owner may have made the data and gone again since they were looked for.
        guard try folder.existingVersion() == existingVersion else {
            lock.release()
            return try prepare(dataDirectory: dataDirectory, runtimeDirectory: runtimeDirectory, options: options, logger: logger)
        }
        try folder.prepareSocketFolder(for: account)
        removeAbandoned(in: folder)
        do throws(PostgresError) {
            if existingVersion == nil {
                logger.info("a private PostgreSQL cluster is made", metadata: ["folder": "\(folder.path)"])
                try initialize(folder, programs: programs, account: account, isDurable: options.isDurable)
            } else {
                try LeftoverServer.clear(folder)
            }
        } catch {
            folder.removeSocketFolder()
            throw error
        }
        let command = account.prefix(endsWithUs: true) + serverCommand(folder, programs: programs, options: options)
        return ClusterPreparation(folder: folder, lock: lock, programs: programs, account: account, command: command)
    }

    /// Lets a fresh cluster's files reach the disk while it is used already: waiting for that would triple the first start.
    func syncInBackground() {
        guard Files.exists(folder.unsyncedMark) else { return }
        let command = account.prefix(endsWithUs: false) + [programs.initdb, "--sync-only", "-D", folder.data]
        let mark = folder.unsyncedMark
        DetachedThread.start(name: "postgres-sync") {
            // A sync that failed leaves the mark, and the next start tries again.
            if ChildProcess.runToEnd(command).status == 0 { Files.remove(mark) }
        }
    }

    private static func situation(of folder: ClusterFolder) -> ServerAccount.Situation {
        let owner = FileStatus(path: folder.data).map { ($0.owner, $0.group) }
        let folderOwner = FileStatus(path: folder.path).map { ($0.owner, $0.group) }
        let account = getpwnam("postgres").map { ($0.pointee.pw_uid, $0.pointee.pw_gid) }
        return ServerAccount.Situation(
            // A folder that somebody made for the purpose says as much as data do; one of root's says nothing.
            user: geteuid(), dataOwner: owner ?? folderOwner.flatMap { $0.0 == 0 || geteuid() != 0 ? nil : $0 },
            postgresAccount: account,
            blockedFolder: { user, group in ClusterFolder.blockedFolder(onWayTo: folder.path, user: user, group: group) },
            hasUserNamespaces: {
                ChildProcess.runToEnd(ServerAccount.userNamespace.prefix(endsWithUs: false) + ["/bin/true"]).status == 0
            })
    }

    /// Names of half-made data folders start with this; a crash during `initdb` leaves one.
    private static let unfinishedPrefix = "postgres.unfinished-"

    private static func removeAbandoned(in folder: ClusterFolder) {
        for name in Files.names(in: folder.path) where name.hasPrefix(unfinishedPrefix) {
            // What cannot be removed only takes space.
            _ = ChildProcess.runToEnd(["/bin/rm", "-rf", "--", "\(folder.path)/\(name)"])
        }
    }

    /// Makes the data beside their place and moves them there when complete, so that a crash never leaves half of them.
    private static func initialize(
        _ folder: ClusterFolder, programs: ServerPrograms, account: ServerAccount, isDurable: Bool
    ) throws(PostgresError) {
        let unfinished = "\(folder.path)/\(unfinishedPrefix)\(getpid())"
        try Files.makeFolder(unfinished, permissions: 0o700)
        if case .other(let user, let group) = account { try Files.setOwner(unfinished, user: user, group: group) }
        let command =
            account.prefix(endsWithUs: false) + [
                programs.initdb, "-D", unfinished, "-U", EmbeddedCluster.user, "-A", "trust", "-E", "UTF8", "--locale=C",
                "--wal-segsize=4", "--no-sync", "--no-instructions",
            ] + (isDurable ? ["--data-checksums"] : [])
        let run = ChildProcess.runToEnd(command)
        guard run.status == 0 else {
            _ = ChildProcess.runToEnd(["/bin/rm", "-rf", "--", unfinished])
            let isDiskFull = run.output.contains("No space left on device")
            throw PostgresError(
                isDiskFull ? .diskFull : .initializationFailed,
                isDiskFull
                    ? "the disk that holds \(folder.path) is full: \(ServerLog.reason(run.output))"
                    : "initdb failed: \(ServerLog.reason(run.output))",
                outcome: .notSent)
        }
        if isDurable { Files.touch(folder.unsyncedMark) }
        try Files.move(unfinished, to: folder.data)
    }

    private static func serverCommand(
        _ folder: ClusterFolder, programs: ServerPrograms, options: EmbeddedCluster.Options
    ) -> [String] {
        var settings = [
            "listen_addresses=", "port=\(ClusterFolder.port)", "unix_socket_directories=\(listItem(folder.socketFolder))",
            "unix_socket_permissions=0700", "max_connections=\(options.maxConnections)", "logging_collector=off",
            "log_destination=stderr", "log_line_prefix=%m [%p] ", "log_timezone=UTC", "timezone=UTC",
            "max_wal_size=\(maxWALMegabytes(freeBytes: Files.freeBytes(at: folder.path)))MB",
            // Statements and details quote values, and those may be an essay's text.
            "log_min_error_statement=panic", "log_error_verbosity=terse",
        ]
        if !options.isDurable { settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] }
        return [programs.postgres, "-D", folder.data] + settings.flatMap { ["-c", $0] }
    }

    /// A folder's name as an item of a list in the server's configuration.
    private static func listItem(_ text: String) -> String {
        "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
