import Chaos
import Foundation
import Testing

@Suite("huleedu rank --resume, however the run ended", .serialized, .timeLimit(.minutes(5)))
struct RankContinuingTests {
    /// A data folder, and a provider that can die and be replaced.
    private final class Class {
        let scratch: Scratch
        private(set) var fake: Program
        private(set) var providers = 0
        let concurrency = 4

        init() async throws {
            scratch = try Scratch()
            fake = try Self.provider(scratch.path + "/ledger-0")
            try #require(await fake.wait(for: "http://"), "\(fake.output)")
        }

        deinit { fake.kill() }

        private static func provider(_ ledger: String) throws -> Program {
            try Program("fakeprovider", ["--any-key", "--min-latency", "20", "--max-latency", "60", "--ledger", ledger])
        }

        func replaceProvider() async throws {
            fake.kill()
            providers += 1
            fake = try Self.provider(scratch.path + "/ledger-\(providers)")
            try #require(await fake.wait(for: "http://"), "\(fake.output)")
        }

        var ledger: Ledger { Ledger(path: scratch.path + "/ledger-\(providers)") }

        /// How often each prompt has been answered by any of the providers.
        func answers() throws -> [String: Int] {
            try (0...providers).map { scratch.path + "/ledger-\($0)" }
                .filter(FileManager.default.fileExists(atPath:))
                .map { try Ledger(path: $0).answers }
                .reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        }

        var folder: RunFolder { RunFolder(scratch.path + "/data") }

        func rank(_ more: [String], yes: Bool = true, requestSeconds: Int = 600) throws -> Program {
            try Program(
                "huleedu",
                [
                    "rank", Package.root + "/Tools/samples/english", "--provider", "anthropic", "--concurrency",
                    "\(concurrency)", "--data", scratch.path + "/data",
                ] + (yes ? ["--yes"] : []) + more,
                environment: [
                    "ANTHROPIC_API_KEY": "key", "HULEEDU_REQUEST_SECONDS": "\(requestSeconds)",
                    "ANTHROPIC_BASE_URL": fake.output.split(separator: "\n").first.map(String.init) ?? "",
                ])
        }

        func finish(_ more: [String], status: Int32 = 0) async throws -> String {
            let program = try rank(more)
            #expect(await program.status() == status, "\(program.output)")
            return program.output
        }
    }

    @Test("A run that ended with its judge's failure goes on when the judge is back, and pays for nothing twice")
    func judgeFailed() async throws {
        let run = try await Class()
        let arguments = ["--budget", "60", "--precision", "0.99"]
        // A provider that fails is waited for, and not for ever.
        let first = try run.rank(arguments, requestSeconds: 5)
        try await run.ledger.waitForAnswers(20)
        run.fake.kill()
        #expect(await first.status() == 69, "\(first.output)")
        #expect(first.output.contains("--resume"), "\(first.output)")
        #expect(run.folder.states == ["failed"])
        let paid = try run.answers()

        try await run.replaceProvider()
        let output = try await run.finish(arguments + ["--resume"])
        #expect(output.contains("60 judgements"), "\(output)")
        let answers = try run.answers()
        #expect(Set(paid.keys).isSubset(of: answers.keys))
        #expect(answers.values.filter { $0 > 1 }.count <= run.concurrency, "at most what was under way when the provider died")
        #expect(run.folder.states == ["finished"])
    }

    @Test("A run that ended at its budget goes on with a larger one and another precision; without either nothing is asked again")
    func budgetUsedUp() async throws {
        let run = try await Class()
        let first = try await run.finish(["--budget", "20"])
        #expect(first.contains("20 judgements"), "\(first)")
        let second = try await run.finish(["--budget", "45", "--precision", "0.99", "--resume"])
        #expect(second.contains("45 judgements"), "\(second)")
        #expect(second.contains("20 judgements are there already"), "\(second)")
        #expect(try run.answers().count == 45 && run.answers().values.allSatisfy { $0 == 1 })
        let third = try await run.finish(["--budget", "45", "--precision", "0.99", "--resume"])
        #expect(third.contains("45 judgements"), "\(third)")
        #expect(try run.answers().values.reduce(0, +) == 45)
        #expect(run.folder.states == ["finished"])
    }

    @Test("What going on costs is asked for, and without an answer the run stays as it was")
    func asked() async throws {
        let run = try await Class()
        _ = try await run.finish(["--budget", "10"])
        let asking = try run.rank(["--budget", "20", "--resume"], yes: false)
        #expect(await asking.status() == 64, "\(asking.output)")
        #expect(asking.output.contains("at most 10."), "\(asking.output)")
        #expect(try run.answers().count == 10)
        #expect(run.folder.states == ["finished"])
    }

    @Test("Runs that never started leave nothing, and are not taken for the one to go on with")
    func neverStarted() async throws {
        let run = try await Class()
        let first = try run.rank(["--budget", "50", "--precision", "0.99"])
        try await run.ledger.waitForAnswers(10)
        first.interrupt()
        #expect(await first.status() == 130, "\(first.output)")
        for (arguments, yes, status) in [
            (["--budget", "50"], false, 64), (["--temperature", "1.5"], true, 69), (["--model", "gpt-99"], true, 64),
            (["--budget", "0.000001usd"], true, 64),
        ] as [([String], Bool, Int32)] {
            let program = try run.rank(arguments, yes: yes)
            #expect(await program.status() == status, "\(program.output)")
            #expect(run.folder.states == ["started"])
            #expect(try run.folder.databases == 1)
        }
        let output = try await run.finish(["--budget", "50", "--precision", "0.99", "--resume"])
        #expect(output.contains("50 judgements"), "\(output)")
        #expect(try run.answers().count == 50)
    }

    @Test("A record whose database is gone is dropped for the next older one")
    func databaseGone() async throws {
        let run = try await Class()
        _ = try await run.finish(["--budget", "10"])
        let path = try #require(run.folder.records.first)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let id = URL(filePath: path).deletingPathExtension().lastPathComponent
        try text.replacing(id, with: "run-gone").replacing(id.dropFirst(4), with: "gone").replacing("finished", with: "started")
            .write(toFile: run.scratch.path + "/data/runs/run-gone.json", atomically: true, encoding: .utf8)
        let output = try await run.finish(["--budget", "20", "--resume"])
        #expect(output.contains("20 judgements"), "\(output)")
        #expect(run.folder.states == ["finished"])
    }
}
