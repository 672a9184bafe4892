import Glibc
import Logging
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("A private cluster", .serialized)
struct ClusterTests {
    private static let isRoot = geteuid() == 0

    @Test("is made at its first start, keeps what is in it, and is closed to other accounts")
    func madeAndKept() async throws {
        let fixture = ClusterFixture()
        let first = try await fixture.start()
        #expect(FileStatus(path: first.runtimeDirectory)?.permissions == 0o700)
        #expect(FileStatus(path: fixture.data)?.permissions == 0o700)
        let pool = first.pool()
        try await pool.execute("CREATE TABLE kept AS SELECT 42::int8 AS answer")
        await pool.close()
        await first.stop()
        await first.stop()
        #expect(first.processNumber == nil)
        let second = try await fixture.start()
        #expect(try await second.pool().query("SELECT answer FROM kept")[0].decode(Int.self) == 42)
        await second.stop()
    }

    @Test("started as root runs as another account, or as nobody in a user namespace", .enabled(if: isRoot))
    func notAsRoot() async throws {
        let fixture = ClusterFixture()
        let cluster = try await fixture.start()
        let process = try #require(cluster.processNumber)
        let owner = try #require(FileStatus(path: "/proc/\(process)/stat")?.owner)
        #expect(owner == FileStatus(path: fixture.data)?.owner)
        let lines = Files.read("/proc/\(process)/status")?.split(separator: "\n") ?? []
        let capabilities = lines.first { $0.hasPrefix("CapEff:") }?.split(separator: "\t").last
        #expect(owner != 0 && capabilities.map { $0.allSatisfy { $0 == "0" } } == true, "\(owner) \(capabilities ?? "")")
        await cluster.stop()
    }

    @Test("has one owner; a second is refused with the first one's number until it has gone")
    func secondOwner() async throws {
        let fixture = ClusterFixture()
        let cluster = try await fixture.start()
        let error = try await fixture.startError()
        #expect(error?.code == .clusterLocked)
        #expect(error?.message.contains("\(getpid())") == true && error?.message.contains(fixture.folder) == true)
        #expect(try await cluster.pool().query("SELECT 1")[0].decode(Int.self) == 1)
        await cluster.stop()
        #expect(try await fixture.startError() == nil)
    }

    @Test("does not mind a postmaster.pid that a dead server left and that now names somebody else")
    func stalePID() async throws {
        let fixture = ClusterFixture()
        await (try await fixture.start()).stop()
        fixture.write(
            "\(getpid())\n\(fixture.data)\n1\n5432\n\(fixture.folder)/run\n\n  1 1\nready\n", to: "postgres/postmaster.pid")
        fixture.write("\(getpid())\n", to: "run/.s.PGSQL.5432.lock")
        #expect(try await fixture.startError() == nil)
        fixture.write("not a number\n", to: "postgres/postmaster.pid")
        #expect(try await fixture.startError() == nil)
    }

    @Test("stops a server that an earlier owner left running, and starts its own")
    func leftover() async throws {
        let fixture = ClusterFixture()
        let first = try await fixture.start()
        let pool = first.pool()
        try await pool.execute("CREATE TABLE kept AS SELECT 42::int8 AS answer")
        await pool.close()
        await first.stop()
        var options = EmbeddedCluster.Options()
        options.isDurable = false
        let (folder, settled) = (fixture.folder, options)
        let left = await DetachedThread.run { () -> Int32? in
            guard
                let prepared = try? ClusterPreparation.prepare(
                    dataDirectory: folder, runtimeDirectory: folder + "/run", options: settled, logger: Logger(label: "test"))
            else { return nil }
            // As if its owner were gone: without the signal at our death, and with the lock free.
            let command =
                prepared.account.prefix(endsWithUs: false)
                + prepared.command.dropFirst(prepared.account.prefix(endsWithUs: true).count)
            let log = try? prepared.folder.openLog()
            defer { prepared.lock.release() }
            return log.flatMap { ChildProcess.start(Array(command), output: $0) }
        }
        let process = try #require(left ?? nil)
        try await eventually { LeftoverServer.process(ofData: fixture.data) == process }
        let second = try await fixture.start()
        #expect(second.processNumber != process)
        #expect(try await second.pool().query("SELECT answer FROM kept")[0].decode(Int.self) == 42)
        await second.stop()
        ChildProcess.reap(process)
    }

    @Test("clears away what a crash in the middle of its making left")
    func unfinished() async throws {
        let fixture = ClusterFixture()
        fixture.makeFolder("postgres.unfinished-1")
        fixture.write("half", to: "postgres.unfinished-1/PG_VERSION")
        #expect(try await fixture.startError() == nil)
        #expect(fixture.names.allSatisfy { !$0.hasPrefix("postgres.unfinished") })
    }

    @Test("whose start is cancelled stops its server and gives its folder back")
    func cancelled() async throws {
        let fixture = ClusterFixture()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await fixture.startError()
        }
        #expect(try await task.value?.code == .cancelled)
        #expect(LeftoverServer.process(ofData: fixture.data) == nil)
        #expect(try await fixture.startError() == nil)
    }

    @Test("is refused, and not waited for, when another program's data stand in its place")
    func foreignData() async throws {
        let fixture = ClusterFixture()
        let cluster = try await fixture.start()
        let pool = cluster.pool()
        try await pool.execute("CREATE ROLE somebody SUPERUSER LOGIN")
        await pool.close()
        let other = Pool(.init(connectionString: cluster.connectionString + " user=somebody"), logger: Logger(label: "test"))
        try await other.execute("ALTER ROLE huleedu RENAME TO nobody")
        await other.close()
        await cluster.stop()
        let error = try await fixture.startError()
        #expect(error?.code == .folderNotUsable && error?.message.contains(fixture.data) == true, "\(String(describing: error))")
        #expect(LeftoverServer.process(ofData: fixture.data) == nil)
    }

    @Test("of another major version is refused with both versions named, and left as it is")
    func otherVersion() async throws {
        let fixture = ClusterFixture()
        fixture.makeFolder("postgres")
        fixture.write("99\n", to: "postgres/PG_VERSION")
        let error = try await fixture.startError()
        #expect(error?.code == .clusterVersionMismatch)
        #expect(error?.message.contains("PostgreSQL 99") == true && error?.message.contains("postgresql-99") == true)
        #expect(fixture.names == ["postgres"] && Files.names(in: fixture.data) == ["PG_VERSION"])
    }

    @Test("is not made where its programs are missing, and the message says how to get them")
    func missingPrograms() async throws {
        let fixture = ClusterFixture()
        let error = try await fixture.startError { $0.environment["PG_BIN"] = fixture.folder + "/nowhere" }
        #expect(error?.code == .serverNotInstalled && error?.message.contains("PG_BIN") == true)
        #expect(fixture.names.isEmpty)
    }
}
