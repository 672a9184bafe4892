import FoundationEssentials
import Glibc

/// Where the program keeps what it must not lose: its PostgreSQL cluster and a record of each run.
struct DataFolder: Sendable, Hashable {
    let path: String

    /// The folder of a person's choice, or the usual place: `/var/lib/huleedu` for root, because the database runs as another user who
    /// cannot look into root's home; otherwise below `XDG_DATA_HOME`.
    init(chosen: String?, environment: [String: String], isRoot: Bool = geteuid() == 0) throws(CommandError) {
        if let chosen {
            path = chosen.hasPrefix("/") ? chosen : FileManager.default.currentDirectoryPath + "/" + chosen
        } else if isRoot {
            path = "/var/lib/huleedu"
        } else if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
            path = data + "/huleedu"
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            path = home + "/.local/share/huleedu"
        } else {
            throw CommandError(.dataFolderUnusable, "There is no HOME to keep the database in; name a folder with --data DIR.")
        }
    }

    /// The database cluster's own folder.
    var cluster: String { path + "/postgresql" }
    /// One record for each run.
    var runs: String { path + "/runs" }
    /// What the services have to say.
    var log: String { path + "/huleedu.log" }

    /// Makes the folder, if need be.
    func prepare() throws(CommandError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
            try FileManager.default.createDirectory(
                atPath: runs, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .dataUnwritable(
                at: path, "The data folder \(quoted(path)) cannot be made or written; name another with --data DIR.", cause: error
            )
        }
    }
}

extension CommandError {
    /// The error for a part of the data folder that cannot be written: a full disk is called that.
    static func dataUnwritable(at path: String, _ message: String, cause: any Error) -> CommandError {
        let isFull = (cause as? CocoaError)?.code == .fileWriteOutOfSpace
        return CommandError(
            .dataFolderUnusable,
            isFull ? "The disk that holds \(quoted(path)) is full; make room, or name another with --data DIR." : message,
            cause: cause)
    }
}
