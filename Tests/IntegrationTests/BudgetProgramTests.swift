import Chaos
import Foundation
import Testing

@Suite("huleedu rank with a budget in money and a judge whose replies are of no use", .serialized, .timeLimit(.minutes(3)))
struct BudgetProgramTests {
    private struct Ranking: Decodable {
        struct Cost: Decodable {
            let usd: String
            let providerCalls: Int
        }
        let cost: Cost
        let stopReason: String
    }

    @Test("spends no more than that, by its own books and by the provider's", arguments: [0.0, 0.5])
    func half(useless: Double) async throws {
        let run = try await Run(useless: useless)
        defer { run.fake.kill() }
        #expect(await run.program.status() == 0, "\(run.program.output)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let ranking = try decoder.decode(Ranking.self, from: Data(run.program.output.utf8))
        let spent = try #require(Double(ranking.cost.usd))
        #expect(ranking.stopReason == "money_budget")
        #expect(spent <= 0.05)
        #expect(spent > 0.03, "the budget is used")
        #expect(try run.ledger.answers.values.reduce(0, +) == ranking.cost.providerCalls)
    }

    @Test("ends soon when no reply is of any use")
    func all() async throws {
        let run = try await Run(useless: 1)
        defer { run.fake.kill() }
        #expect(await run.program.status() != 0)
        let calls = try run.ledger.answers.values.reduce(0, +)
        // A call of this judge over these essays costs more than a thousandth of a dollar.
        #expect(calls > 0 && calls <= 50, "\(run.program.output)")
    }

    private struct Run {
        let scratch: Scratch
        let fake: Program
        let program: Program
        let ledger: Ledger

        init(useless: Double) async throws {
            scratch = try Scratch()
            ledger = Ledger(path: scratch.path + "/ledger")
            fake = try Program(
                "fakeprovider", ["--any-key", "--ledger", ledger.path, "--fault", "invalid-verdict=\(useless)"])
            try #require(await fake.wait(for: "http://"), "\(fake.output)")
            program = try Program(
                "huleedu",
                [
                    "rank", Package.root + "/Tools/samples/english", "--provider", "anthropic", "--yes", "--quiet", "--json",
                    "--seed", "3", "--precision", "0.99", "--budget", "0.05usd", "--data", scratch.path + "/data",
                ],
                environment: [
                    "ANTHROPIC_API_KEY": "key",
                    "ANTHROPIC_BASE_URL": fake.output.split(separator: "\n").first.map(String.init) ?? "",
                ])
        }
    }
}
