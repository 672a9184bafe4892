import Chaos
import Foundation
import Testing

@Suite("huleedu align, as a person runs it", .serialized, .timeLimit(.minutes(5)))
struct AlignProgramTests {
    private let essays = Package.root + "/Tools/samples/english"
    private let scratch: Scratch
    private let provider: Program
    private let ledger: Ledger

    init() async throws {
        scratch = try Scratch()
        ledger = Ledger(path: scratch.path + "/ledger")
        provider = try Program(
            "fakeprovider", ["--any-key", "--min-latency", "60", "--max-latency", "120", "--ledger", ledger.path])
        try #require(await provider.wait(for: "http://"), "\(provider.output)")
        let grades = ["F", "E", "A", "C", "B", "D"]
        let rows = grades.enumerated().map { "essay-0\($0.offset + 1).txt,\($0.element)\n" }
        try scratch.write(("file,grade\n" + rows.joined()).utf8, to: "anchors.csv")
    }

    private func align(_ more: [String]) throws -> Program {
        let url = provider.output.split(separator: "\n").first.map(String.init) ?? ""
        return try Program(
            "huleedu",
            [
                "align", essays, "--anchors", scratch.path + "/anchors.csv", "--provider", "anthropic", "--concurrency", "2",
                "--data",
                scratch.path + "/data",
            ] + more, environment: ["ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": url])
    }

    private var paid: Int { get throws { try ledger.answers.values.reduce(0, +) } }

    @Test("Interrupted in its second repeat, it goes on there and pays for nothing twice")
    func resumed() async throws {
        defer { provider.kill() }
        let first = try align(["--repeats", "3", "--yes"])
        try await ledger.waitForAnswers(15)
        try #require(await first.wait(for: "Repeat 2 of 3."), "\(first.output)")
        first.interrupt()
        #expect(await first.status() == 130, "\(first.output)")
        let before = try paid
        #expect(before < 45, "it was interrupted in the middle")

        let other = try align(["--repeats", "2", "--yes", "--resume"])
        #expect(await other.status() == 64, "\(other.output)")
        #expect(other.output.contains("--repeats"))

        let second = try align(["--yes", "--resume"])
        #expect(await second.status() == 0, "\(second.output)")
        #expect(try paid == 45)
        #expect(second.output.contains("3 repeats, 45 judgements; "))
        #expect(second.output.contains("Kendall's τ-b with the grades"))
    }

    @Test("Starts nothing where it is only to plan, and where there is nothing to resume")
    func nothing() async throws {
        defer { provider.kill() }
        let plan = try align(["--plan"])
        #expect(await plan.status() == 0)
        #expect(plan.output.contains("1 repeat of 15 comparisons: 15 in all."), "\(plan.output)")
        let resumed = try align(["--resume", "--yes"])
        #expect(await resumed.status() == 64, "\(resumed.output)")
        #expect(resumed.output.contains("No run over these essays"))
        #expect(try paid == 0)
    }
}
