import Foundation
import Glibc
import PostgresTestSupport
import Testing

/// `huleedu rank` on a data folder of its own, with a provider that is paid for each call and keeps a ledger.
struct PaidRun {
    /// Comparisons with the judge at once, and so the most calls a sudden end can leave unanswered.
    static let concurrency = 4

    let data: String
    private let scratch: Scratch
    private let fake: Program
    private let url: String

    /// - Parameter data: nil for a folder that goes with the test.
    init(data: String? = nil) async throws {
        scratch = try Scratch()
        self.data = data ?? scratch.path + "/data"
        fake = try Program(
            "fakeprovider", ["--ledger", scratch.path + "/ledger", "--min-latency", "60", "--max-latency", "140"])
        try #require(await fake.wait(for: "http://"), "\(fake.output)")
        url = fake.output.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Starts the program; it asks for 120 comparisons.
    func rank(_ arguments: String...) throws -> Program {
        try Program(
            "huleedu",
            [
                "rank", Package.root + "/Tools/samples/english", "--provider", "anthropic", "--yes", "--quiet", "--json",
                "--data",
                data, "--seed", "3", "--budget", "120", "--precision", "0.99", "--concurrency", "\(Self.concurrency)",
            ] + arguments,
            environment: ["ANTHROPIC_API_KEY": "simulated", "ANTHROPIC_BASE_URL": url])
    }

    /// Returns once the provider has answered as many calls.
    func waitForCalls(_ count: Int, of program: Program) async throws {
        while try answeredCalls().values.reduce(0, +) < count {
            try #require(program.isRunning, "\(program.output)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Returns once the run has been written down as started, from when on it can be continued.
    func waitForRecord(of program: Program) async throws {
        while !RunFolder(data).states.contains("started") {
            try #require(program.isRunning, "\(program.output)")
            // A pause between two looks.
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// How often each prompt was answered with a verdict.
    func answeredCalls() throws -> [String: Int] {
        guard let text = try? String(contentsOfFile: scratch.path + "/ledger", encoding: .utf8) else {
            // Not written yet.
            return [:]
        }
        var answered: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            // The last line may be half written.
            guard let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                entry["status"] as? Int == 200, let prompt = entry["prompt_sha256"] as? String
            else { continue }
            answered[prompt, default: 0] += 1
        }
        return answered
    }

    /// Calls paid for a second time.
    func repeatedCalls() throws -> Int { try answeredCalls().values.reduce(0) { $0 + $1 - 1 } }

    /// Number of the database server's main process.
    var server: Int32? {
        let text = try? String(contentsOfFile: data + "/postgresql/postgres/postmaster.pid", encoding: .utf8)
        // Absent while the server is down.
        return text?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    /// What the run printed at its regular end.
    func judgements(_ output: String) throws -> [String] {
        struct Ranking: Decodable {
            struct Comparison: Decodable {
                let promptSha256: String
                let winner: String?
            }
            let comparisons: [Comparison]
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Ranking.self, from: Data(output.utf8)).comparisons.filter { $0.winner != nil }.map(
            \.promptSha256)
    }

    /// Checks that the books of a run that was interrupted and continued are in order.
    func checkBooks(_ output: String, atMostRepeated limit: Int) throws {
        let judged = try judgements(output)
        #expect(judged.count >= 100 && Set(judged).count == judged.count, "no comparison is judged twice")
        #expect(try answeredCalls().count >= judged.count, "every judgement was given by the provider")
        #expect(try repeatedCalls() <= limit, "a call that was answered and stored is not paid for again")
    }

    func stop() { fake.kill() }
}
