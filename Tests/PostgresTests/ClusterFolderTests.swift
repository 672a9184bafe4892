import Glibc
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("The folders of a private cluster", .serialized)
struct ClusterFolderTests {
    private func folder(_ path: String, socketFolder: String? = nil) throws -> ClusterFolder {
        try ClusterFolder(path: path, socketFolder: socketFolder, environment: [:])
    }

    private func error(_ body: () throws -> Void) -> PostgresError? {
        do {
            try body()
            return nil
        } catch {
            return error as? PostgresError
        }
    }

    @Test("take a socket's path of 107 bytes, and refuse one of 108")
    func socketPath() throws {
        let base = TestCluster.temporaryFolder("long")
        let longest = "/tmp/" + String(repeating: "s", count: 107 - "/tmp/".count - "/.s.PGSQL.5432".count)
        #expect(try folder(base, socketFolder: longest).socket.utf8.count == 107)
        let error = error { _ = try folder(base, socketFolder: longest + "s") }
        #expect(error?.code == .socketPathTooLong && error?.message.contains("108 bytes") == true)
        #expect(error?.message.contains("107") == true)
    }

    @Test("have a short place for the socket however long the data folder's path is")
    func longDataFolder() throws {
        let long = TestCluster.temporaryFolder("long") + "/" + String(repeating: "d", count: 200)
        #expect(try folder(long).socket.utf8.count <= 107)
        #expect(try folder(long).socketFolder != folder(TestCluster.temporaryFolder("other")).socketFolder)
    }

    @Test("that cannot be made are named with the reason")
    func unusable() throws {
        let base = ClusterFixture()
        base.write("a file", to: "file")
        for (path, part) in [
            ("\(base.folder)/file", "is not a folder"), ("\(base.folder)/file/below", "file"), ("/proc/nowhere", "/proc/nowhere"),
        ] {
            let error = error { _ = try folder(path) }
            #expect(
                error?.code == .folderNotUsable && error?.message.contains(part) == true, "\(path): \(String(describing: error))")
        }
    }

    @Test("that hold something else are left alone")
    func somethingElse() async throws {
        let fixture = ClusterFixture()
        fixture.makeFolder("postgres")
        fixture.write("precious", to: "postgres/thesis.txt")
        let error = try await fixture.startError()
        #expect(error?.code == .folderNotUsable && error?.message.contains("holds no PostgreSQL data") == true)
        #expect(Files.read(fixture.data + "/thesis.txt") == "precious")
    }

    @Test("may lie beside other files, which are left alone")
    func notEmpty() async throws {
        let fixture = ClusterFixture()
        fixture.write("precious", to: "thesis.txt")
        #expect(try await fixture.startError() == nil)
        #expect(Files.read(fixture.folder + "/thesis.txt") == "precious")
    }

    @Test("are not reached through a link, whose target could be anybody's folder")
    func linkedSocketFolder() async throws {
        let fixture = ClusterFixture()
        fixture.makeFolder("elsewhere")
        let before = FileStatus(path: fixture.folder + "/elsewhere")
        precondition(symlink(fixture.folder + "/elsewhere", fixture.folder + "/link") == 0)
        let error = try await fixture.startError(runtimeDirectory: fixture.folder + "/link")
        #expect(error?.code == .folderNotUsable && error?.message.contains("/link") == true)
        #expect(FileStatus(path: fixture.folder + "/elsewhere") == before, "the target keeps its owner and rights")
    }

    @Test("of somebody else are not used for the socket", .enabled(if: geteuid() == 0))
    func foreignSocketFolder() async throws {
        let fixture = ClusterFixture()
        fixture.makeFolder("run")
        precondition(chown(fixture.folder + "/run", 12_345, 12_345) == 0)
        let error = try await fixture.startError()
        #expect(error?.code == .folderNotUsable && error?.message.contains("somebody else") == true)
        #expect(!fixture.names.contains("postgres"))
    }

    @Test("keep the log until it has grown past its limit, then the last one beside the new one")
    func log() throws {
        let fixture = ClusterFixture()
        let folder = try folder(fixture.folder)
        fixture.write("", to: "postgres.log")
        for (size, isMoved) in [(ClusterFolder.maxLogBytes, false), (ClusterFolder.maxLogBytes + 1, true)] {
            precondition(truncate(folder.log, size) == 0)
            close(try folder.openLog())
            #expect(Files.exists(folder.log + ".1") == isMoved)
        }
        #expect(Files.size(folder.log) == 0)
    }

    @Test(
        "on a disk with less than the space needed are refused at the border",
        .enabled(if: SmallDisk.isAvailable, "\(SmallDisk.reason)"))
    func space() throws {
        let enough = try #require(SmallDisk(bytes: ClusterFolder.minimumFreeBytes))
        #expect(error { _ = try folder(enough.path) } == nil)
        let tight = try #require(SmallDisk(bytes: ClusterFolder.minimumFreeBytes - 4096))
        let error = error { _ = try folder(tight.path) }
        #expect(error?.code == .diskFull && error?.message.contains(tight.path) == true)
        #expect(error?.message.contains("is full") == true)
    }

    @Test(
        "on a disk that fills while they are made leave nothing, and do once there is room",
        .enabled(if: SmallDisk.isAvailable, "\(SmallDisk.reason)"))
    func fullWhileMade() async throws {
        // Space enough, but files for a third of a cluster.
        let disk = try #require(SmallDisk(megabytes: 200, files: 300))
        let fixture = ClusterFixture(folder: disk.path)
        let error = try await fixture.startError(runtimeDirectory: TestCluster.temporaryFolder("run"))
        #expect(error?.code == .diskFull, "\(String(describing: error))")
        #expect(error?.message.contains(disk.path) == true && error?.message.contains("is full") == true)
        #expect(fixture.names.allSatisfy { !$0.hasPrefix("postgres") }, "\(fixture.names)")
    }
}
