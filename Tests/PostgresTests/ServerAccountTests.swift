import Testing

@testable import Postgres

@Suite("The account a private server runs as")
struct ServerAccountTests {
    private func situation(
        user: UInt32 = 0, owner: UInt32? = nil, postgres: UInt32? = 115, blocked: String? = nil, namespaces: Bool = false
    ) -> ServerAccount.Situation {
        ServerAccount.Situation(
            user: user, dataOwner: owner.map { ($0, $0) }, postgresAccount: postgres.map { ($0, $0) },
            blockedFolder: { _, _ in blocked }, hasUserNamespaces: { namespaces })
    }

    private func error(_ situation: ServerAccount.Situation) -> PostgresError? {
        do throws(PostgresError) {
            _ = try ServerAccount.choose(situation)
            return nil
        } catch {
            return error
        }
    }

    @Test("is ours, unless we are root")
    func notRoot() throws {
        #expect(try ServerAccount.choose(situation(user: 1000)) == .current)
        #expect(try ServerAccount.choose(situation(user: 1000, owner: 1000)) == .current)
        let error = error(situation(user: 1000, owner: 7))
        #expect(error?.code == .folderNotUsable && error?.message.contains("user 7") == true)
    }

    @Test("is for root the data's owner, then postgres, then nobody in a user namespace")
    func root() throws {
        #expect(try ServerAccount.choose(situation(owner: 7)) == .other(user: 7, group: 7))
        #expect(try ServerAccount.choose(situation()) == .other(user: 115, group: 115))
        #expect(try ServerAccount.choose(situation(owner: 0, namespaces: true)) == .userNamespace)
        #expect(try ServerAccount.choose(situation(postgres: nil, namespaces: true)) == .userNamespace)
        #expect(try ServerAccount.choose(situation(blocked: "/root", namespaces: true)) == .userNamespace)
    }

    @Test("cannot be had: the message names the folder in the way, or says what is missing")
    func impossible() {
        for situation in [situation(blocked: "/root"), situation(owner: 7, blocked: "/root", namespaces: true)] {
            let error = error(situation)
            #expect(error?.code == .folderNotUsable && error?.message.contains("/root") == true)
        }
        for situation in [situation(postgres: nil), situation(owner: 0)] {
            #expect(error(situation)?.code == .noUnprivilegedAccount)
        }
    }

    @Test("may enter a folder by the owner's right, else the group's, else everybody's")
    func entering() {
        let folder = FileStatus(owner: 1, group: 2, permissions: 0o710)
        #expect(folder.mayBeEntered(byUser: 1, group: 9) && folder.mayBeEntered(byUser: 9, group: 2))
        #expect(!folder.mayBeEntered(byUser: 9, group: 9) && folder.mayBeEntered(byUser: 0, group: 0))
        #expect(
            !FileStatus(owner: 1, group: 2, permissions: 0o011).mayBeEntered(byUser: 1, group: 2), "the owner's right goes first")
        #expect(FileStatus(owner: 1, group: 2, permissions: 0o001).mayBeEntered(byUser: 9, group: 9))
    }
}

@Suite("The programs of a PostgreSQL server")
struct ServerProgramsTests {
    /// A file system in which these versions are installed.
    private func root(_ versions: Int...) -> String {
        let fixture = ClusterFixture()
        for name in ["usr", "usr/lib", "usr/lib/postgresql"] { fixture.makeFolder(name) }
        for version in versions {
            fixture.makeFolder("usr/lib/postgresql/\(version)")
            fixture.makeFolder("usr/lib/postgresql/\(version)/bin")
            for program in ["postgres", "initdb"] {
                fixture.write("#!/bin/sh\n", to: "usr/lib/postgresql/\(version)/bin/\(program)")
                ChildProcess.reap(
                    ChildProcess.start(
                        ["/bin/chmod", "755", "\(fixture.folder)/usr/lib/postgresql/\(version)/bin/\(program)"], output: 2) ?? 0)
            }
        }
        return fixture.folder
    }

    private func find(_ wanted: Int?, in root: String, environment: [String: String] = [:]) -> Result<Int, PostgresError> {
        Result { () throws(PostgresError) in
            try ServerPrograms.find(wantedVersion: wanted, environment: environment, root: root).majorVersion
        }
    }

    private func code(_ result: Result<Int, PostgresError>) -> PostgresError.Code? {
        guard case .failure(let error) = result else { return nil }
        return error.code
    }

    @Test("are the newest for new data, and those of the data's version for old ones")
    func choice() throws {
        let root = root(14, 9, 15, 17)
        #expect(try find(nil, in: root).get() == 17)
        #expect(try find(15, in: root).get() == 15)
        #expect(code(find(16, in: root)) == .clusterVersionMismatch)
    }

    @Test("are not used when they are older than what this module works with, however they were found")
    func tooOld() throws {
        let old = root(13)
        #expect(code(find(nil, in: old)) == .serverNotInstalled)
        #expect(code(find(13, in: old)) == .serverNotInstalled)
        #expect(code(find(nil, in: root(), environment: ["PG_BIN": old + "/usr/lib/postgresql/13/bin"])) == .serverNotInstalled)
        #expect(try find(nil, in: root(14)).get() == 14)
    }

    @Test("are those PG_BIN names, or none")
    func named() throws {
        let both = root(14, 15)
        #expect(try find(nil, in: both, environment: ["PG_BIN": both + "/usr/lib/postgresql/14/bin"]).get() == 14)
        #expect(try find(nil, in: both, environment: ["PG_BIN": ""]).get() == 15)
        #expect(code(find(nil, in: both, environment: ["PG_BIN": "/nowhere"])) == .serverNotInstalled)
        #expect(code(find(15, in: both, environment: ["PG_BIN": both + "/usr/lib/postgresql/14/bin"])) == .clusterVersionMismatch)
        #expect(code(find(nil, in: root())) == .serverNotInstalled)
    }
}
