import Logging
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("The space a private cluster leaves alone", .serialized)
struct ClusterSpaceTests {
    @Test("is no more than a quarter of what is free for the log of changes, within its bounds")
    func logOfChanges() {
        let megabyte = 1 << 20
        for (free, expected) in [
            (0, 64), (256 * megabyte, 64), (260 * megabyte, 65), (8191 * megabyte, 2047), (8192 * megabyte, 2048),
            (1 << 50, 2048),
        ] {
            #expect(ClusterPreparation.maxWALMegabytes(freeBytes: free) == expected)
        }
        #expect(ClusterPreparation.maxWALMegabytes(freeBytes: nil) == 2048)
    }

    @Test(
        "ends what runs on it, by name, before the server dies of it",
        .enabled(if: SmallDisk.isAvailable, "\(SmallDisk.reason)"))
    func running() async throws {
        let disk = try #require(SmallDisk(megabytes: 180))
        let cluster = try await ClusterFixture(folder: disk.path).start(runtimeDirectory: TestCluster.temporaryFolder("run"))
        #expect(try await cluster.whileThereIsSpace { 42 } == 42)
        disk.fill(leaving: EmbeddedCluster.reservedBytes)
        try cluster.checkSpace()
        let error = await #expect(throws: PostgresError.self) {
            try await cluster.whileThereIsSpace {
                disk.fill(leaving: EmbeddedCluster.reservedBytes - 4096)
                try await Task.sleep(for: .seconds(3600))
            }
        }
        #expect(error?.code == .diskFull && error?.message.contains(disk.path) == true)
        #expect(try await cluster.pool().query("SELECT 1")[0].decode(Int.self) == 1, "the server lives")
        await cluster.stop()
    }

    @Test(
        "is written by a statement until nothing is left; it is told so, and the rest goes on once there is room",
        .enabled(if: SmallDisk.isAvailable, "\(SmallDisk.reason)"))
    func statements() async throws {
        let disk = try #require(SmallDisk(megabytes: 180))
        let cluster = try await ClusterFixture(folder: disk.path).start(runtimeDirectory: TestCluster.temporaryFolder("run"))
        let pool = cluster.pool()
        try await pool.execute("CREATE TABLE page (text text)")
        disk.fill()
        let error = await #expect(throws: PostgresError.self) {
            try await pool.execute("INSERT INTO page SELECT repeat('x', 2000) FROM generate_series(1, 200)")
        }
        #expect(
            error?.code == .diskFull && error?.mayPass == true && error?.outcome == .rolledBack, "\(String(describing: error))")
        disk.empty()
        #expect(try await pool.execute("INSERT INTO page SELECT repeat('x', 2000) FROM generate_series(1, 200)") == 200)
        await pool.close()
        await cluster.stop()
    }

    @Test("has a socket's folder that goes with the server when it was chosen for it, and stays when it was given")
    func socketFolder() async throws {
        let fixture = ClusterFixture()
        var options = EmbeddedCluster.Options()
        options.isDurable = false
        let own = try await EmbeddedCluster.start(
            dataDirectory: fixture.folder, options: options, logger: Logger(label: "test"))
        #expect(FileStatus(path: own.runtimeDirectory)?.permissions == 0o700)
        await own.stop()
        #expect(FileStatus(path: own.runtimeDirectory) == nil)
        let given = try await fixture.start()
        await given.stop()
        #expect(FileStatus(path: given.runtimeDirectory)?.isFolder == true)
    }
}
