private import Crypto
private import Glibc

/// The folders of a private cluster: the caller's folder with ours in it, and the one for the socket.
///
/// ```
/// <data folder>/lock               which process owns the cluster
///               postgres/          the server's data, owned by the server's account
///               postgres.log       what the server says
///               postgres.unsynced  the data have not all reached the disk since they were made
/// ```
struct ClusterFolder: Sendable {
    /// Longest path of a socket the kernel takes, without the NUL that ends it.
    static let maxSocketPathBytes = 107
    /// Space below which no cluster is made or started, in bytes: a fresh one takes 40 MB, and the log of changes needs room.
    static let minimumFreeBytes = 100 << 20
    /// Bytes after which the server's log starts anew.
    static let maxLogBytes = 10 << 20

    let path: String
    let socketFolder: String
    /// The socket's folder was chosen here and goes with the server.
    private let ownsSocketFolder: Bool

    var data: String { path + "/postgres" }
    var log: String { path + "/postgres.log" }
    var lock: String { path + "/lock" }
    var unsyncedMark: String { path + "/postgres.unsynced" }
    var socket: String { socketFolder + "/.s.PGSQL.\(Self.port)" }

    /// Only part of the socket's name: the server listens on no network.
    static let port = 5432

    /// - Parameters:
    ///   - socketFolder: nil for one under `XDG_RUNTIME_DIR` or `/tmp`, named after the data folder.
    ///   - environment: looked at for `XDG_RUNTIME_DIR`.
    /// - Throws: `.socketPathTooLong`, `.folderNotUsable`, `.diskFull`.
    init(path: String, socketFolder: String?, environment: [String: String]) throws(PostgresError) {
        let absolute = Files.absolute(path)
        try Files.makeFolder(absolute, permissions: 0o755)
        self.path = Files.resolve(absolute) ?? absolute
        ownsSocketFolder = socketFolder == nil
        self.socketFolder = socketFolder.map(Files.absolute) ?? Self.defaultSocketFolder(for: self.path, environment: environment)
        guard socket.utf8.count <= Self.maxSocketPathBytes else {
            throw PostgresError(
                .socketPathTooLong,
                "the socket's path \(socket) has \(socket.utf8.count) bytes; the system takes \(Self.maxSocketPathBytes): "
                    + "choose a shorter folder for the socket",
                outcome: .notSent)
        }
        if let free = Files.freeBytes(at: self.path), free < Self.minimumFreeBytes {
            throw PostgresError(
                .diskFull,
                "the disk that holds \(self.path) is full: \(free >> 20) MB left, and the database needs \(Self.minimumFreeBytes >> 20) MB",
                outcome: .notSent)
        }
    }

    /// The major version that made the data; nil when there are none.
    ///
    /// - Throws: `.folderNotUsable` for a folder that is there and is no cluster.
    func existingVersion() throws(PostgresError) -> Int? {
        guard Files.exists(data) else { return nil }
        let text = Files.read(data + "/PG_VERSION")?.prefix { $0.isNumber } ?? ""
        guard let version = Int(text) else {
            throw PostgresError(.folderNotUsable, "\(data) exists and holds no PostgreSQL data", outcome: .notSent)
        }
        return version
    }

    /// The first folder on the way from the root to `folder` that a user may not enter.
    static func blockedFolder(onWayTo folder: String, user: UInt32, group: UInt32) -> String? {
        var blocked: String?
        var next = folder
        while true {
            if let status = FileStatus(path: next), !status.mayBeEntered(byUser: user, group: group) { blocked = next }
            let parent = Files.folder(of: next)
            guard parent != next else { return blocked }
            next = parent
        }
    }

    /// Creates the socket's folder for the server's account alone: who can open the socket can do everything in the database.
    func prepareSocketFolder(for account: ServerAccount) throws(PostgresError) {
        try Files.makeFolder(socketFolder, permissions: 0o700)
        let owner: UInt32
        switch account {
        case .current, .userNamespace: owner = geteuid()
        case .other(let user, let group):
            owner = user
            // Not one that somebody else has put there: a folder in /tmp could be a trap, and a link could lead to any other.
            if let status = FileStatus(itself: socketFolder), status.isFolder, status.owner == geteuid() {
                try Files.setOwner(socketFolder, user: user, group: group)
            }
            if let blocked = Self.blockedFolder(onWayTo: Files.folder(of: socketFolder), user: user, group: group) {
                throw PostgresError(
                    .folderNotUsable,
                    "user \(user), as which the server runs, may not enter \(blocked), where its socket is to be",
                    outcome: .notSent)
            }
        }
        guard let status = FileStatus(itself: socketFolder), status.isFolder, status.owner == owner else {
            throw PostgresError(
                .folderNotUsable,
                "\(socketFolder) is a link or belongs to somebody else; remove it or choose another folder for the socket",
                outcome: .notSent)
        }
        guard chmod(socketFolder, 0o700) == 0 else {
            throw PostgresError(.folderNotUsable, "\(socketFolder) cannot be closed to others", outcome: .notSent)
        }
    }

    /// Removes the socket's folder, when it is ours and empty.
    func removeSocketFolder() {
        if ownsSocketFolder { Files.removeFolder(socketFolder) }
    }

    /// Starts a new log when the old one is long; the last one is kept.
    func openLog() throws(PostgresError) -> Int32 {
        if Files.size(log) > Self.maxLogBytes { try Files.move(log, to: log + ".1") }
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Files.notUsable(log, "cannot be opened")
        }
        return descriptor
    }

    private static func defaultSocketFolder(for path: String, environment: [String: String]) -> String {
        let hash = SHA256.hash(data: Array(path.utf8)).prefix(6)
        let name = hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        if geteuid() != 0, let runtime = environment["XDG_RUNTIME_DIR"], FileStatus(path: runtime)?.isFolder == true {
            let folder = "\(runtime)/huleedu-\(name)"
            if folder.utf8.count + 20 <= maxSocketPathBytes { return folder }
        }
        return "/tmp/huleedu-\(geteuid())-\(name)"
    }
}
