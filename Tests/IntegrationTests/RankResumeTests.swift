import Chaos
import Foundation
import Testing

@Suite("huleedu rank, interrupted and resumed", .serialized, .timeLimit(.minutes(5)))
struct RankResumeTests {
    private let essays = Package.root + "/Tools/samples/english"

    /// A provider that costs money, and its books.
    private struct Provider {
        let program: Program
        let ledger: Ledger

        init(scratch: Scratch) async throws {
            ledger = Ledger(path: scratch.path + "/ledger")
            program = try Program(
                "fakeprovider", ["--any-key", "--min-latency", "60", "--max-latency", "120", "--ledger", ledger.path])
            try #require(await program.wait(for: "http://"), "\(program.output)")
        }

        var url: String { program.output.split(separator: "\n").first.map(String.init) ?? "" }
    }

    private func rank(_ provider: Provider, _ scratch: Scratch, _ more: [String] = []) throws -> Program {
        try Program(
            "huleedu",
            [
                "rank", essays, "--provider", "anthropic", "--yes", "--seed", "3", "--precision", "0.99", "--budget", "90",
                "--concurrency", "4", "--data", scratch.path + "/data",
            ] + more, environment: ["ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": provider.url])
    }

    @Test("Interrupted with Ctrl-C it keeps what was judged, and --resume pays for nothing twice")
    func interrupted() async throws {
        let scratch = try Scratch()
        let provider = try await Provider(scratch: scratch)
        defer { provider.program.kill() }
        let first = try rank(provider, scratch)
        try await provider.ledger.waitForAnswers(20)
        first.interrupt()
        #expect(await first.status() == 130, "\(first.output)")
        #expect(first.output.contains("--resume"), "\(first.output)")
        let paid = try provider.ledger.answers
        #expect(paid.count < 90, "it was interrupted in the middle")

        let second = try rank(provider, scratch, ["--resume"])
        #expect(await second.status() == 0, "\(second.output)")
        #expect(second.output.contains("90 judgements"), "\(second.output)")
        let answers = try provider.ledger.answers
        #expect(answers.count == 90, "as many calls as judgements")
        #expect(answers.values.allSatisfy { $0 == 1 }, "what was sent before the interruption was waited for and kept")
    }

    @Test("Killed, it leaves no server behind that keeps it from going on, and calls again only what had no answer on disk")
    func killed() async throws {
        let scratch = try Scratch()
        let provider = try await Provider(scratch: scratch)
        defer { provider.program.kill() }
        let first = try rank(provider, scratch)
        try await provider.ledger.waitForAnswers(20)
        first.kill()
        _ = await first.status()

        let second = try rank(provider, scratch, ["--resume"])
        #expect(await second.status() == 0, "\(second.output)")
        #expect(second.output.contains("90 judgements"), "\(second.output)")
        let answers = try provider.ledger.answers
        #expect(answers.count == 90)
        #expect(answers.values.reduce(0) { $0 + $1 - 1 } <= 4, "at most what was under way when it was killed")
    }

    @Test("With nothing to resume it says so")
    func nothing() async throws {
        let scratch = try Scratch()
        let provider = try await Provider(scratch: scratch)
        defer { provider.program.kill() }
        let program = try rank(provider, scratch, ["--resume"])
        #expect(await program.status() != 0)
        #expect(program.output.contains("leave out --resume"), "\(program.output)")
    }
}
