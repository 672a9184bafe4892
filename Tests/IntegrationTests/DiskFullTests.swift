import Foundation
import PostgresTestSupport
import Testing

@Suite("A disk that is full", .serialized, .enabled(if: SmallDisk.isAvailable, "\(SmallDisk.reason)"))
struct DiskFullTests {
    private func names(_ folder: String) -> [String] {
        // A folder that was never made has nothing in it.
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
    }

    @Test("from the beginning is named with its folder, and nothing half done is left", arguments: ["rank", "up"])
    func atTheStart(command: String) async throws {
        let disk = try #require(SmallDisk(megabytes: 8))
        disk.fill()
        let data = disk.path + "/data"
        let program = try Program(
            "huleedu",
            command == "rank"
                ? ["rank", Package.root + "/Tools/samples/english", "--yes", "--data", data]
                : ["up", "--data", data, "--llm-provider-port", "0", "--cj-assessment-port", "0"])
        #expect(await program.status() == 69, "\(program.output)")
        #expect(program.output.contains("the disk that holds \(data)/postgresql is full"), "\(program.output)")
        #expect(names(data + "/postgresql").isEmpty && names(data + "/runs").isEmpty)
    }

    @Test("of files rather than of bytes is named just the same, whatever was to be written", arguments: [2, 3, 4, 5, 300])
    func ofFiles(files: Int) async throws {
        let disk = try #require(SmallDisk(megabytes: 200, files: files))
        let data = disk.path + "/data"
        let program = try Program("huleedu", ["rank", Package.root + "/Tools/samples/english", "--yes", "--data", data])
        #expect([69, 73].contains(await program.status()), "\(program.output)")
        #expect(program.output.contains("full") && program.output.contains(disk.path), "\(program.output)")
        #expect(!names(data + "/postgresql").contains { $0.hasPrefix("postgres") } && names(data + "/runs").isEmpty)
    }

    @Test("in the middle of a run ends it in good order, and after room was made the run goes on where it was")
    func inTheMiddle() async throws {
        let disk = try #require(SmallDisk(megabytes: 180))
        let run = try await PaidRun(data: disk.path + "/data")
        let first = try run.rank()
        try await run.waitForCalls(20, of: first)
        // Less than the program leaves alone, and enough for the answers that are under way.
        disk.fill(leaving: 8 << 20)
        #expect(await first.status() == 69, "\(first.output)")
        #expect(first.output.contains("the disk that holds \(run.data)/postgresql is full"), "\(first.output)")
        #expect(run.server == nil, "the server was stopped")
        disk.empty()
        let second = try run.rank("--resume")
        #expect(await second.status() == 0, "\(second.output)")
        try run.checkBooks(second.output, atMostRepeated: 0)
        run.stop()
    }

    @Test("at once, to the last byte, pays for no more than was under way")
    func toTheLastByte() async throws {
        let disk = try #require(SmallDisk(megabytes: 180))
        let run = try await PaidRun(data: disk.path + "/data")
        let first = try run.rank()
        try await run.waitForCalls(20, of: first)
        disk.fill()
        #expect(await first.status() == 69, "\(first.output)")
        #expect(first.output.contains("the disk that holds \(run.data)/postgresql is full"), "\(first.output)")
        disk.empty()
        let second = try run.rank("--resume")
        #expect(await second.status() == 0, "\(second.output)")
        try run.checkBooks(second.output, atMostRepeated: PaidRun.concurrency)
        run.stop()
    }
}
