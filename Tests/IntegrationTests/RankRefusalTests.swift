import Foundation
import Testing

@Suite("huleedu, asked for what cannot be done", .serialized, .timeLimit(.minutes(3)))
struct RankRefusalTests {
    private let samples = Package.root + "/Tools/samples"

    @Test(
        "It says with 64 what is wrong with the command line, and starts nothing",
        arguments: [
            (["--quiet"], "--report"), (["--provider", "foo"], "anthropic, openai, simulated"),
            (["--question", " "], "--question"),
            (["--provider", "openai", "--qualities", "q.csv"], "simulated"), (["--data", ""], "--data"),
        ])
    func commandLine(arguments: [String], expected: String) async throws {
        let scratch = try Scratch()
        let program = try Program("huleedu", ["rank", samples + "/english", "--data", scratch.path + "/data"] + arguments)
        #expect(await program.status() == 64, "\(program.output)")
        #expect(program.output.contains(expected), "\(program.output)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/data"))
    }

    @Test("Two formats of a scale exclude each other")
    func scoreFormats() async throws {
        let program = try Program("huleedu", ["score", "x.csv", "--json", "--csv"])
        #expect(await program.status() == 64, "\(program.output)")
    }

    @Test(
        "It says whose access or whose model is missing before anything starts",
        arguments: [
            (["--provider", "openai", "--model", "m"], [:], Int32(69), "OPENAI_BASE_URL"),
            (["--provider", "anthropic"], [:], 69, "ANTHROPIC_API_KEY"),
            ([], ["OPENAI_BASE_URL": "http://127.0.0.1:9"], 64, "--model"),
        ] as [([String], [String: String], Int32, String)])
    func judge(arguments: [String], environment: [String: String], status: Int32, expected: String) async throws {
        let scratch = try Scratch()
        let program = try Program(
            "huleedu", ["rank", samples + "/english", "--data", scratch.path + "/data"] + arguments, environment: environment)
        #expect(await program.status() == status, "\(program.output)")
        #expect(program.output.contains(expected), "\(program.output)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/data"))
    }

    @Test("A budget that pays for no comparison is refused, and one that pays for one is not")
    func smallBudget() async throws {
        let scratch = try Scratch()
        func run(_ budget: String) throws -> Program {
            try Program(
                "huleedu",
                ["rank", samples + "/english", "--provider", "anthropic", "--budget", budget, "--data", scratch.path + "/data"],
                environment: ["ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"])
        }
        let small = try run("0.0001usd")
        #expect(await small.status() == 64, "\(small.output)")
        let stated = try #require(small.output.firstMatch(of: /expected to cost \$([0-9.]+)\./)?.1, "\(small.output)")
        let enough = try run("\(stated)usd")
        #expect(await enough.status() == 64)
        #expect(enough.output.contains("--yes"), "it comes to the question: \(enough.output)")
    }
}
