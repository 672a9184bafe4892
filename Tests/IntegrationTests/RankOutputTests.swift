import ChildProcesses
import Foundation
import Postgres
import PostgresTestSupport
import Testing

@Suite("huleedu, where its output and its database are elsewhere", .serialized, .timeLimit(.minutes(5)))
struct RankOutputTests {
    private let samples = Package.root + "/Tools/samples"

    private func rank(_ more: [String], in scratch: Scratch) -> [String] {
        [
            "rank", samples + "/english", "--qualities", samples + "/english.qualities.csv", "--budget", "15", "--data",
            scratch.path + "/data",
        ] + more
    }

    /// Runs the program with its standard output directed elsewhere.
    private func run(_ arguments: [String], output: String) async throws -> (status: Int32, errors: String) {
        let program = try Program(
            "/bin/bash", ["-c", "\"$@\" >\(output)", "bash", Programs.path("huleedu")] + arguments)
        return (await program.status(), program.output)
    }

    @Test("A result that cannot be written ends with 73, and --resume hands it over", arguments: [["--json"], []])
    func diskFull(format: [String]) async throws {
        let scratch = try Scratch()
        let (status, errors) = try await run(rank(format, in: scratch), output: "/dev/full")
        #expect(status == 73, "\(errors)")
        #expect(errors.contains("No space left"), "\(errors)")
        #expect(RunFolder(scratch.path + "/data").states == ["started"])
        let again = try Program("huleedu", rank(format + ["--resume"], in: scratch))
        #expect(await again.status() == 0, "\(again.output)")
        #expect(again.output.contains("essay-01"), "\(again.output)")
        #expect(RunFolder(scratch.path + "/data").states == ["finished"])
    }

    @Test("A reader that has gone is no failure", arguments: ["--json", "--no-color"])
    func readerGone(format: String) async throws {
        let scratch = try Scratch()
        let (status, errors) = try await run(rank([format], in: scratch), output: " >(exec true)")
        #expect(status == 0, "\(errors)")
    }

    @Test("A scale that cannot be written ends with 73", arguments: [["--json"], ["--csv"], []])
    func scoreDiskFull(format: [String]) async throws {
        let scratch = try Scratch()
        try scratch.write("winner,loser\na,b\nb,c\na,c\nc,a\n".utf8, to: "judgements.csv")
        let (status, errors) = try await run(["score", scratch.path + "/judgements.csv"] + format, output: "/dev/full")
        #expect(status == 73, "\(errors)")
    }

    @Test("The report never replaces a device, nor what the output goes to", arguments: ["/dev/null", "/dev/stdout", "ranking"])
    func report(place: String) async throws {
        let scratch = try Scratch()
        let place = place.hasPrefix("/") ? place : scratch.path + "/" + place
        let (status, errors) = try await run(
            rank(["--json", "--report", place], in: scratch), output: scratch.path + "/ranking")
        #expect(status == 73, "\(errors)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/data"), "nothing is started")
        var status2 = stat()
        #expect(stat("/dev/null", &status2) == 0 && status2.st_mode & S_IFMT == S_IFCHR)
    }

    @Test("DATABASE_URL is not heard; --database is, and leaves the server of its own alone")
    func database() async throws {
        let scratch = try Scratch()
        let ignoring = try Program(
            "huleedu", rank([], in: scratch), environment: ["DATABASE_URL": "postgresql://127.0.0.1:1/nowhere"])
        #expect(await ignoring.status() == 0, "\(ignoring.output)")

        let elsewhere = try Scratch()
        let url = try await TestCluster.shared.running().connectionString
        let using = try Program("huleedu", rank(["--database", url], in: elsewhere))
        #expect(await using.status() == 0, "\(using.output)")
        #expect(!FileManager.default.fileExists(atPath: elsewhere.path + "/data/postgresql"))
        let own = try Program("huleedu", rank(["--resume"], in: elsewhere))
        #expect(await own.status() == 64, "a run is looked for where it was made: \(own.output)")
        let again = try Program("huleedu", rank(["--resume", "--budget", "20", "--database", url], in: elsewhere))
        #expect(await again.status() == 0, "\(again.output)")
        #expect(again.output.contains("20 judgements"), "\(again.output)")
    }

    @Test("With one comparison at once and the same seed a run is repeated to the last figure")
    func repeated() async throws {
        var rankings: [NSDictionary] = []
        for _ in 0..<2 {
            let scratch = try Scratch()
            let (status, errors) = try await run(
                rank(["--json", "--seed", "11", "--concurrency", "1", "--budget", "40", "--precision", "0.95"], in: scratch),
                output: scratch.path + "/ranking")
            try #require(status == 0, "\(errors)")
            let data = try Data(contentsOf: URL(filePath: scratch.path + "/ranking"))
            rankings.append(try #require(Self.withoutTimesAndIDs(JSONSerialization.jsonObject(with: data)) as? NSDictionary))
        }
        #expect(rankings[0] == rankings[1])
        #expect((rankings[0]["comparisons"] as? [Any])?.count == 40)
    }

    private static func withoutTimesAndIDs(_ value: Any) -> Any {
        if let array = value as? [Any] { return array.map(withoutTimesAndIDs) }
        guard let object = value as? [String: Any] else { return value }
        return object.filter { !["assessment_id", "started_at", "finished_at", "request_id"].contains($0.key) }
            .mapValues(withoutTimesAndIDs)
    }
}
