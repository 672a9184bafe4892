import Chaos
import Foundation
import Testing

@Suite("huleedu rank at the question what it may spend", .serialized, .timeLimit(.minutes(3)))
struct RankPromptTests {
    /// A run that asks, on a terminal, with a provider that keeps a ledger.
    private struct Asking {
        let scratch: Scratch
        let fake: Program
        let run: Program

        init(_ more: [String] = []) async throws {
            scratch = try Scratch()
            fake = try Program("fakeprovider", ["--any-key", "--ledger", scratch.path + "/ledger"])
            try #require(await fake.wait(for: "http://"), "\(fake.output)")
            let url = fake.output.split(separator: "\n").first.map(String.init) ?? ""
            run = try Program(
                "huleedu",
                [
                    "rank", Package.root + "/Tools/samples/english", "--provider", "anthropic", "--budget", "12", "--data",
                    scratch.path + "/data",
                ] + more, environment: ["ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": url], onTerminal: true)
            try #require(await run.wait(for: "Go on? [y/n]"), "\(run.output)")
        }

        /// Nothing was asked of the provider, and nothing is left that could be continued or takes room.
        func checkNothingHappened() throws {
            #expect(
                try !FileManager.default.fileExists(atPath: scratch.path + "/ledger")
                    || Ledger(path: scratch.path + "/ledger").answers.isEmpty)
            let folder = RunFolder(scratch.path + "/data")
            #expect(folder.records.isEmpty)
            #expect(try folder.databases == 0)
        }
    }

    @Test("Ctrl-C ends it at once, and what is typed afterwards agrees to nothing")
    func controlC() async throws {
        let asking = try await Asking()
        defer { asking.fake.kill() }
        asking.run.type("\u{3}")
        asking.run.type("y\n")
        #expect(await asking.run.status() == 130, "\(asking.run.output)")
        #expect(asking.run.output.contains("Nothing was started"), "\(asking.run.output)")
        try asking.checkNothingHappened()
    }

    @Test("SIGTERM ends it at once")
    func terminated() async throws {
        let asking = try await Asking()
        defer { asking.fake.kill() }
        asking.run.terminate()
        #expect(await asking.run.status() == 130, "\(asking.run.output)")
        try asking.checkNothingHappened()
    }

    @Test("No ends it, and so does the end of the input", arguments: ["n\n", "\u{4}"])
    func declined(answer: String) async throws {
        let asking = try await Asking()
        defer { asking.fake.kill() }
        asking.run.type(answer)
        #expect(await asking.run.status() == 0, "\(asking.run.output)")
        try asking.checkNothingHappened()
    }

    @Test("Yes, in the end, starts it")
    func agreed() async throws {
        let asking = try await Asking()
        defer { asking.fake.kill() }
        asking.run.type("perhaps\n")
        try #require(await asking.run.wait(for: "Please answer y or n."))
        asking.run.type("y\n")
        #expect(await asking.run.status() == 0, "\(asking.run.output)")
        #expect(try Ledger(path: asking.scratch.path + "/ledger").answers.count == 12)
        #expect(RunFolder(asking.scratch.path + "/data").states == ["finished"])
    }
}
