import Chaos
import ChildProcesses
import Foundation
import Testing

@Suite("huleedu rank, as a person runs it", .serialized, .timeLimit(.minutes(3)))
struct RankProgramTests {
    private let samples = Package.root + "/Tools/samples"

    private struct Ranking: Decodable {
        struct Item: Decodable {
            let id: String
            let rank: Int
            let ability: Double
            let standardError: Double
            let comparisons: Int
            let grade: String?
            let anchorGrade: String?
            let scaleGrade: String?
            let gradeProbabilities: [String: Double]?
        }
        struct CutScore: Decodable {
            let grade: String
            let ability: Double
            let standardError: Double
        }
        struct Comparison: Decodable {
            let first: String
            let second: String
            let winner: String?
            let outcome: String?
            let margin: String?
            let requestId: String
            let promptSha256: String
            let model: String
            let rationale: String
        }
        struct Cost: Decodable {
            let providerCalls: Int
            let usd: String?
            let simulatedUsd: String?
        }
        struct Judge: Decodable {
            struct Margins: Decodable {
                let used: Bool
                let clearShare: Double
            }
            let promptVersion: String
            let verdictLevels: Int
            let margins: Margins?
        }
        let judge: Judge
        let items: [Item]
        let cutScores: [CutScore]
        let comparisons: [Comparison]
        let stopReason: String
        let simulated: Bool
        let scaleSeparationReliability: Double
        let posteriorReliability: Double
        let posteriorReliabilityLow: Double
        let posteriorReliabilityHigh: Double
        let cost: Cost
    }

    /// A run without a judgement.
    private struct Unranked: Decodable {
        struct Item: Decodable {
            let rank: Int?
            let ability: Double?
            let standardError: Double?
        }
        struct Comparison: Decodable {
            let state: String
            let winner: String?
            let outcome: String?
        }
        let items: [Item]
        let comparisons: [Comparison]
        let posteriorReliability: Double?
    }

    private func rank(_ arguments: [String], data: Scratch) async throws -> (status: Int32, output: String) {
        let program = try Program("huleedu", ["rank"] + arguments + ["--data", data.path + "/data"])
        return (await program.status(), program.output)
    }

    private static func ranking(_ path: String) throws -> Ranking {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Ranking.self, from: Data(contentsOf: URL(filePath: path)))
    }

    @Test("ranks the English samples, writes JSON and a report, and says that the judge is simulated")
    func samplesAsJSON() async throws {
        let scratch = try Scratch()
        let report = scratch.path + "/report.html"
        let json = scratch.path + "/ranking.json"
        let shell = "\"$0\" rank \"$1\" --qualities \"$2\" --seed 7 --json --quiet --data \"$3\" --report \"$4\" >\"$5\""
        let process = try Program(
            "/bin/bash",
            [
                "-c", shell, Programs.path("huleedu"), samples + "/english", samples + "/english.qualities.csv",
                scratch.path + "/data", report, json,
            ])
        try #require(await process.status() == 0, "\(process.output)")
        let ranking = try Self.ranking(json)
        #expect(ranking.simulated)
        #expect(ranking.items.count == 12)
        #expect(ranking.items.map(\.rank) == ranking.items.map(\.rank).sorted())
        #expect(ranking.items.allSatisfy { $0.standardError > 0 && $0.comparisons >= 5 })
        #expect(abs(ranking.items.reduce(0) { $0 + $1.ability }) < 1e-6)
        #expect(ranking.stopReason == "converged")
        #expect(ranking.judge.verdictLevels == 4 && ranking.judge.promptVersion == "cj-en-2-four")
        // What was chosen ahead and not asked any more has no judgement.
        let judged = ranking.comparisons.filter { $0.outcome != nil }
        #expect(judged.count == ranking.cost.providerCalls)
        // Two pairs of the samples are equally good, and a tie has no margin.
        #expect(judged.allSatisfy { ($0.margin == nil) == ($0.winner == nil) })
        #expect(Set(judged.compactMap(\.margin)) == ["slight", "clear"])
        #expect(ranking.judge.margins?.used == true)
        #expect(Set(ranking.comparisons.map(\.requestId)).count == ranking.comparisons.count)
        #expect(judged.allSatisfy { $0.promptSha256.count == 64 && !$0.rationale.isEmpty })
        let page = try String(contentsOf: URL(filePath: report), encoding: .utf8)
        #expect(page.contains("imulated"))
        #expect(!page.contains("<script") && !page.contains("http://") && !page.contains("src="))
    }

    @Test("asks for no margins with two levels, and the scale has none")
    func twoLevels() async throws {
        let scratch = try Scratch()
        let json = scratch.path + "/ranking.json"
        let shell = "\"$0\" rank \"$1\" --levels 2 --seed 7 --budget 20 --json --quiet --data \"$2\" >\"$3\""
        let process = try Program(
            "/bin/bash", ["-c", shell, Programs.path("huleedu"), samples + "/english", scratch.path + "/data", json])
        try #require(await process.status() == 0, "\(process.output)")
        let ranking = try Self.ranking(json)
        #expect(ranking.judge.verdictLevels == 2 && ranking.judge.promptVersion == "cj-en-2-two")
        #expect(ranking.judge.margins == nil)
        #expect(ranking.comparisons.count == 20)
        #expect(ranking.comparisons.allSatisfy { $0.margin == nil && ["first", "second"].contains($0.outcome) })
    }

    @Test("speaks Swedish throughout, of anchors and grades as well")
    func swedish() async throws {
        let scratch = try Scratch()
        try scratch.write("file,grade\nessay-02.txt,A\nessay-01.txt,C\nessay-03.txt,E\n".utf8, to: "anchors.csv")
        let (status, output) = try await rank(
            [
                samples + "/swedish", "--qualities", samples + "/swedish.qualities.csv", "--language", "sv", "--anchors",
                scratch.path + "/anchors.csv", "--seed", "3", "--budget", "40",
            ],
            data: scratch)
        #expect(status == 0, "\(output)")
        #expect(output.contains("Simulerad domare"))
        #expect(output.contains("Inget ankare har något av betygen F, D, B; gränserna där följer"), "\(output)")
        #expect(output.contains("  ankare\n"), "\(output)")
    }

    @Test("grades essays by anchors of certain quality, tells the borders, and leaves the anchors their own grade")
    func anchors() async throws {
        let scratch = try Scratch()
        let essays = try scratch.folder("essays")
        // Three clear groups; four anchors in each, and one of the best that is said to be a C.
        let groups = [("low", 0.0, "E"), ("middle", 9.0, "C"), ("high", 18.0, "A")]
        var qualities = "file,overall\n"
        var table = "file,grade\nhigh-5.txt,C\n"
        for (group, quality, grade) in groups {
            for number in 1...6 {
                let name = "\(group)-\(number).txt"
                try scratch.write("Essay \(number) of the group \(group).".utf8, to: "essays/\(name)")
                qualities += "\(name),\(quality)\n"
                if number <= 4 { table += "\(name),\(grade)\n" }
            }
        }
        try scratch.write(qualities.utf8, to: "qualities.csv")
        try scratch.write(table.utf8, to: "anchors.csv")
        let json = scratch.path + "/ranking.json"
        let shell =
            "\"$0\" rank \"$1\" --qualities \"$2\" --anchors \"$3\" --grades E,C,A --precision 0.97 --seed 3 --json --data \"$4\" >\"$5\""
        let process = try Program(
            "/bin/bash",
            [
                "-c", shell, Programs.path("huleedu"), essays, scratch.path + "/qualities.csv",
                scratch.path + "/anchors.csv", scratch.path + "/data", json,
            ])
        try #require(await process.status() == 0, "\(process.output)")
        let ranking = try Self.ranking(json)
        let items = Dictionary(uniqueKeysWithValues: ranking.items.map { ($0.id, $0) })
        for (group, _, grade) in groups {
            for number in 1...6 where (group, number) != ("high", 5) {
                let item = try #require(items["\(group)-\(number).txt"])
                #expect(item.grade == grade && item.scaleGrade == grade, "\(item)")
                #expect(item.anchorGrade == (number <= 4 ? grade : nil), "\(item)")
                #expect(item.gradeProbabilities?.keys.sorted() == ["A", "C", "E"])
            }
        }
        let contested = try #require(items["high-5.txt"])
        #expect(contested.grade == "C" && contested.anchorGrade == "C" && contested.scaleGrade == "A", "\(contested)")
        // Each border lies between the groups that it divides.
        #expect(ranking.cutScores.map(\.grade) == ["C", "A"])
        for (cut, (below, above)) in zip(ranking.cutScores, [("low", "middle"), ("middle", "high")]) {
            let lower = try #require(ranking.items.filter { $0.id.hasPrefix(below) }.map(\.ability).max())
            let upper = try #require(ranking.items.filter { $0.id.hasPrefix(above) }.map(\.ability).min())
            #expect(cut.ability > lower && cut.ability < upper && cut.standardError > 0, "\(cut)")
        }
        #expect(ranking.cost.usd == "0.00" && ranking.cost.simulatedUsd?.hasPrefix("0.") == true)
        // What needs no covariances can be computed again from what is written.
        let count = Double(ranking.items.count)
        let variance = ranking.items.reduce(0) { $0 + $1.ability * $1.ability } / (count - 1)
        let squares = ranking.items.reduce(0) { $0 + $1.standardError * $1.standardError }
        let (low, high) = (ranking.posteriorReliabilityLow, ranking.posteriorReliabilityHigh)
        #expect(0 < low && low < ranking.posteriorReliability && ranking.posteriorReliability < high && high < 1)
        #expect(abs(ranking.scaleSeparationReliability - (1 - squares / count / variance)) < 1e-9)
    }

    @Test(
        "names what is wrong with its input and starts nothing",
        arguments: [
            ("empty", "is empty"), ("one", "one essay"), ("same", "same text"), ("blank", "is empty"), ("broken", "UTF-8"),
            ("long", "long"),
        ])
    func badFolders(kind: String, expected: String) async throws {
        let scratch = try Scratch()
        let folder = try scratch.folder("essays")
        switch kind {
        case "one": try scratch.write("An essay.".utf8, to: "essays/a.txt")
        case "same":
            try scratch.write("An essay.".utf8, to: "essays/a.txt")
            try scratch.write("An essay.".utf8, to: "essays/b.txt")
        case "blank":
            try scratch.write("An essay.".utf8, to: "essays/a.txt")
            try scratch.write(" \n".utf8, to: "essays/b.txt")
        case "broken":
            try scratch.write("An essay.".utf8, to: "essays/a.txt")
            try scratch.write([0x41, 0xFF, 0xFE], to: "essays/b.txt")
        case "long":
            try scratch.write("An essay.".utf8, to: "essays/a.txt")
            try scratch.write(repeatElement(0x41, count: 5 << 20), to: "essays/b.txt")
        default: break
        }
        let (status, output) = try await rank([folder], data: scratch)
        #expect(status == 65, "\(output)")
        #expect(output.localizedCaseInsensitiveContains(expected), "\(output)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/data"), "nothing is started")
    }

    @Test("refuses 2,000 essays by number")
    func tooMany() async throws {
        let scratch = try Scratch()
        let folder = try scratch.folder("essays")
        for number in 0..<2000 { try scratch.write("Essay number \(number).".utf8, to: "essays/\(number).txt") }
        let (status, output) = try await rank([folder], data: scratch)
        #expect(status == 65)
        #expect(output.contains("1000") || output.contains("1,000"), "\(output)")
    }

    @Test("names an unknown model and the known ones, and an unknown provider")
    func unknownModel() async throws {
        let scratch = try Scratch()
        let model = try await rank([samples + "/english", "--model", "gpt-99"], data: scratch)
        #expect(model.status == 64)
        #expect(
            model.output.contains("--model: ") && model.output.contains("gpt-99") && model.output.contains("simulated-judge"),
            "\(model.output)")
        let provider = try await rank([samples + "/english", "--provider", "nobody"], data: scratch)
        #expect(provider.status == 64)
        #expect(provider.output.contains("nobody") && provider.output.contains("anthropic"), "\(provider.output)")
    }

    @Test("tells that a key is wrong, in the provider's own words, and pays for nothing")
    func wrongKey() async throws {
        let scratch = try Scratch()
        let ledger = Ledger(path: scratch.path + "/ledger")
        let fake = try Program("fakeprovider", ["--key", "right", "--ledger", ledger.path])
        #expect(await fake.wait(for: "http://"))
        let url = fake.output.split(separator: "\n").first.map(String.init) ?? ""
        let program = try Program(
            "huleedu",
            ["rank", samples + "/english", "--provider", "anthropic", "--yes", "--data", scratch.path + "/data"],
            environment: ["ANTHROPIC_API_KEY": "wrong", "ANTHROPIC_BASE_URL": url])
        #expect(await program.status() == 69, "\(program.output)")
        #expect(program.output.contains("401"), "\(program.output)")
        fake.kill()
        #expect(try ledger.statuses.isEmpty == false && ledger.statuses.allSatisfy { $0 == 401 })
        #expect(try ledger.answers.isEmpty)
    }

    @Test("gives up on a provider that cannot be reached")
    func unreachable() async throws {
        let scratch = try Scratch()
        let program = try Program(
            "huleedu",
            ["rank", samples + "/english", "--provider", "openai", "--model", "m", "--yes", "--data", scratch.path + "/data"],
            environment: ["OPENAI_BASE_URL": "http://127.0.0.1:9"])
        #expect(await program.status() == 69, "\(program.output)")
        #expect(program.output.contains("can't be reached") || program.output.contains("could not connect"), "\(program.output)")
    }

    @Test("gives up on a provider that answers garbage for ever, without inventing a winner")
    func garbage() async throws {
        let scratch = try Scratch()
        let fake = try Program("fakeprovider", ["--always", "garbage"])
        #expect(await fake.wait(for: "http://"), "\(fake.output)")
        let url = fake.output.split(separator: "\n").first.map(String.init) ?? ""
        let program = try Program(
            "huleedu",
            ["rank", samples + "/english", "--provider", "anthropic", "--yes", "--json", "--data", scratch.path + "/data"],
            environment: ["ANTHROPIC_API_KEY": "simulated", "ANTHROPIC_BASE_URL": url])
        #expect(await program.status() == 69, "\(program.output)")
        #expect(program.output.contains("requests in a row"), "\(program.output)")
        fake.kill()
        let (first, last) = (program.output.firstIndex(of: "{"), program.output.lastIndex(of: "}"))
        let written = program.output[try #require(first)...(try #require(last))]
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let ranking = try decoder.decode(Unranked.self, from: Data(written.utf8))
        #expect(ranking.comparisons.count >= 5)
        #expect(ranking.comparisons.allSatisfy { $0.winner == nil && $0.outcome == nil && $0.state != "judged" })
        #expect(ranking.items.count == 12)
        #expect(ranking.items.allSatisfy { $0.rank == nil && $0.ability == nil && $0.standardError == nil })
        #expect(ranking.posteriorReliability == nil)
    }

    @Test("asks before it spends money, and without a terminal says what to pass")
    func confirmation() async throws {
        let scratch = try Scratch()
        let program = try Program(
            "huleedu", ["rank", samples + "/english", "--provider", "anthropic", "--data", scratch.path + "/data"],
            environment: ["ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"])
        #expect(await program.status() == 64)
        #expect(program.output.contains("--yes") && program.output.contains("$"), "\(program.output)")
    }

    @Test("says that PostgreSQL is missing and how to get it")
    func noPostgres() async throws {
        let scratch = try Scratch()
        let program = try Program(
            "huleedu", ["rank", samples + "/english", "--data", scratch.path + "/data"],
            environment: ["PG_BIN": scratch.path + "/nowhere"])
        #expect(await program.status() == 69)
        #expect(program.output.contains("PostgreSQL"), "\(program.output)")
    }

    @Test("says which port is taken")
    func portTaken() async throws {
        let scratch = try Scratch()
        let first = try Program(
            "huleedu", ["up", "--data", scratch.path + "/one", "--llm-provider-port", "0", "--cj-assessment-port", "0"])
        #expect(await first.wait(for: "cj-assessment  127.0.0.1:"), "\(first.output)")
        let line = first.output.split(separator: "\n").first { $0.hasPrefix("cj-assessment") } ?? ""
        let port = line.split(separator: ":").last.map(String.init) ?? ""
        let second = try Program(
            "huleedu", ["up", "--data", scratch.path + "/two", "--llm-provider-port", "0", "--cj-assessment-port", port])
        #expect(await second.status() != 0)
        #expect(second.output.contains("127.0.0.1:\(port)") && second.output.contains("taken"), "\(second.output)")
        first.interrupt()
        #expect(await first.status() == 0, "\(first.output)")
    }
}
