/// The programs of an installed PostgreSQL server.
struct ServerPrograms: Sendable, Hashable {
    /// Oldest major version this module works with.
    static let oldestVersion = 14

    /// Folder that holds `postgres` and `initdb`.
    let folder: String
    let majorVersion: Int

    var postgres: String { folder + "/postgres" }
    var initdb: String { folder + "/initdb" }

    /// Finds the programs: the folder named by `PG_BIN`, else Debian's folders, newest version first.
    ///
    /// - Parameters:
    ///   - wantedVersion: the version that made an existing cluster, which only the same version can run.
    ///   - root: where the search starts, `/` outside tests.
    /// - Throws: `.serverNotInstalled` with the command that installs it; `.clusterVersionMismatch` when other versions are there.
    static func find(wantedVersion: Int?, environment: [String: String], root: String = "") throws(PostgresError)
        -> ServerPrograms
    {
        if let folder = environment["PG_BIN"], !folder.isEmpty {
            guard let programs = at(folder) else {
                throw PostgresError(
                    .serverNotInstalled, "PG_BIN is \(folder), and there are no postgres and initdb in it", outcome: .notSent)
            }
            return try checked(programs, wantedVersion: wantedVersion)
        }
        let base = root + "/usr/lib/postgresql"
        let found = Files.names(in: base).compactMap { at("\(base)/\($0)/bin") }.sorted { $0.majorVersion > $1.majorVersion }
        if let wantedVersion, let match = found.first(where: { $0.majorVersion == wantedVersion }) {
            return try checked(match, wantedVersion: wantedVersion)
        }
        guard let newest = found.first, newest.majorVersion >= oldestVersion else {
            throw PostgresError(
                .serverNotInstalled,
                "no PostgreSQL server of version \(oldestVersion) or newer is installed; \"apt-get install postgresql\" does it, "
                    + "or PG_BIN names the folder of its programs",
                outcome: .notSent)
        }
        return try checked(newest, wantedVersion: wantedVersion)
    }

    private static func checked(_ programs: ServerPrograms, wantedVersion: Int?) throws(PostgresError) -> ServerPrograms {
        guard programs.majorVersion >= oldestVersion else {
            throw PostgresError(
                .serverNotInstalled,
                "\(programs.folder) has PostgreSQL \(programs.majorVersion); version \(oldestVersion) or newer is needed",
                outcome: .notSent)
        }
        guard let wantedVersion, wantedVersion != programs.majorVersion else { return programs }
        throw PostgresError(
            .clusterVersionMismatch,
            "the data were made by PostgreSQL \(wantedVersion) and \(programs.folder) has \(programs.majorVersion); "
                + "install postgresql-\(wantedVersion), or move the data with pg_upgrade",
            outcome: .notSent)
    }

    /// The version is in Debian's path; elsewhere it is in the headers' place next to the programs, or taken from the server itself.
    private static func at(_ folder: String) -> ServerPrograms? {
        guard Files.isExecutable(folder + "/postgres"), Files.isExecutable(folder + "/initdb") else { return nil }
        let parts = folder.split(separator: "/")
        if parts.count >= 2, parts.last == "bin", let version = Int(parts[parts.count - 2]) {
            return ServerPrograms(folder: folder, majorVersion: version)
        }
        guard let version = reportedVersion(folder + "/postgres") else { return nil }
        return ServerPrograms(folder: folder, majorVersion: version)
    }

    /// From `postgres (PostgreSQL) 15.4`.
    private static func reportedVersion(_ program: String) -> Int? {
        let run = ChildProcess.runToEnd([program, "--version"])
        guard run.status == 0, let number = run.output.split(separator: " ").dropFirst(2).first else { return nil }
        return Int(number.prefix { $0.isNumber })
    }
}
