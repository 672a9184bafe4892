import ArgumentParser
import CJCore
import Foundation
import Testing

@testable import huleedu

@Suite("Alignment of a judge with anchors")
struct AlignmentTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["a", "b", "c", "d", "other"] { try folder.add("\(name).txt", "The essay \(name).") }
        try folder.add("anchors.csv", "file,grade\na.txt,A\nb.txt,C\nc.txt,C\nd.txt,F\n")
    }

    private func input(repeats: Int = 1, comparisons: Int? = nil) throws -> AlignInput {
        let settings = RankSettings(
            folder: folder.path, question: "Why?", language: .english, anchors: folder.path + "/anchors.csv", scale: .swedish,
            levels: .four, goal: .budget, pairing: .rounds, resume: false,
            output: .init(json: false, yes: false, quiet: false, colour: false))
        return try AlignInput(settings, repeats: repeats, comparisons: comparisons, seed: 5)
    }

    /// A repeat in which of each pair the named one won.
    private func report(_ winners: [(String, String)]) -> RankingReport {
        var report = SampleReport(essays: 4).make()
        report.comparisons = winners.enumerated().map { number, pair in
            .init(
                number: number + 1, first: pair.0, second: pair.1, state: .judged, outcome: .first, margin: .slight,
                confidence: 3,
                rationale: "r", cost: Money(nanodollars: 1_000_000), requestID: "q\(number)",
                promptSHA256: String(repeating: "0", count: 64), model: "m", failure: "")
        }
        report.cost.total = Money(nanodollars: Int64(winners.count) * 1_000_000)
        report.judge.simulated = false
        return report
    }

    private let agreeing = [
        ("a.txt", "b.txt"), ("a.txt", "c.txt"), ("a.txt", "d.txt"), ("b.txt", "c.txt"), ("b.txt", "d.txt"), ("c.txt", "d.txt"),
    ]

    @Test("Takes the anchors of the table alone, and every pair of them once unless more is asked for")
    func reading() throws {
        let input = try input()
        #expect(input.folder.essays.map(\.id) == ["a.txt", "b.txt", "c.txt", "d.txt"])
        #expect(input.leftOut == ["other.txt"])
        #expect(input.comparisons == 6)
        #expect(try self.input(comparisons: 12).comparisons == 12)
        let error = #expect(throws: CommandError.self) { try self.input(comparisons: 13) }
        #expect(error?.message.contains("at most 12 comparisons") == true)
    }

    @Test("The judge is told no grade, and each repeat is a run of its own")
    func repetitions() throws {
        let input = try input(repeats: 3)
        let runs = (1...3).map(input.repetition)
        for run in runs {
            #expect(run.anchors.isEmpty)
            #expect(run.settings.goal == .budget && run.settings.budget == .comparisons(6))
        }
        #expect(runs.map(\.settings.seed) == [5, 6, 7])
        let hashes = Set(
            runs.map {
                $0.settings.fingerprint(essays: $0.folder.essays, anchors: [:], qualities: [:], provider: "p", model: "m")
            })
        #expect(hashes.count == 3)
    }

    @Test("A plan names anchors by grade, grades without any, and what is left out; a dry run shows the prompt without grades")
    func plan() throws {
        let text = AlignmentPlan(input: try input(repeats: 2), showsPrompt: false).text()
        #expect(
            text == """
                4 anchors with 3 grades:
                  A  a.txt
                  C  b.txt, c.txt
                  F  d.txt
                No anchor has E, D, B.
                Left out: other.txt.
                2 repeats of 6 comparisons: 12 in all.

                """)
        let dry = AlignmentPlan(input: try input(), showsPrompt: true).text()
        #expect(dry.contains("One pair as the judge would be asked") && !dry.contains("first pair"))
        #expect(dry.contains("The essay a.") && dry.contains("The essay b.") && dry.contains("Why?"))
        let prompt = try #require(dry.components(separatedBy: "SHA-256").last)
        #expect(!prompt.contains("a.txt") && !prompt.contains("anchor"))
    }

    @Test("A judge that agrees has no inversion, and anchors of one grade share their ranks")
    func agreement() throws {
        let report = try AlignmentReport(input: input(repeats: 2), repeats: [report(agreeing), report(agreeing)])
        #expect(report.alignment.directInversions.repeats == [0, 0])
        #expect(report.alignment.standings.map(\.expectedRanks) == [1...1, 2...3, 2...3, 4...4])
        #expect(report.pairs == (6, 6) && report.judgements == 12)
        let text = AlignmentText(report: report, capabilities: .plain).text()
        #expect(text.contains("No anchor won against one of a higher grade."))
        #expect(text.contains("It cost $0.012"))
        #expect(!text.contains("imulated"))
    }

    @Test("What went the wrong way is named with how often, and the JSON holds the figures and every answer")
    func inversions() throws {
        let wrong = [("d.txt", "a.txt")] + agreeing.filter { $0 != ("a.txt", "d.txt") }
        let report = try AlignmentReport(input: input(repeats: 2), repeats: [report(agreeing), report(wrong)])
        let text = AlignmentText(report: report, capabilities: .plain).text()
        #expect(text.contains("d.txt (F) won against a.txt (A) in 1 of 2"))
        let object = try JSONSerialization.jsonObject(with: Data(report.json.text().utf8))
        let json = try #require(object as? [String: Any])
        #expect((json["direct_inversions"] as? [String: Any])?["repeats"] as? [Double] == [0, 1])
        #expect((json["direct_inversions"] as? [String: Any])?["mean"] as? Double == 0.5)
        let inversion = try #require((json["inversions"] as? [[String: Any]])?.first)
        #expect(inversion["lower"] as? String == "d.txt" && inversion["times"] as? Int == 1)
        let repeats = try #require(json["repeats"] as? [[String: Any]])
        #expect(repeats.map { ($0["comparisons"] as? [[String: Any]])?.count } == [6, 6])
        #expect(json["simulated"] as? Bool == false)
    }

    @Test("Anchors that speak to the judge are shown with what they say, once, however many repeats there are")
    func suspects() throws {
        var repetition = report(agreeing)
        repetition.suspects = [
            .init(id: "b.txt", attempts: (0..<5).map { .init(kind: .demand, start: $0, length: 9, excerpt: "pick \u{1B}me") })
        ]
        let report = try AlignmentReport(input: input(repeats: 2), repeats: [repetition, repetition])
        let text = AlignmentText(report: report, capabilities: .plain).text()
        #expect(text.contains("1 anchor seems to speak to the judge"))
        #expect(text.components(separatedBy: "b.txt asks for a verdict or a grade: “pick ").count == 4)
        #expect(text.contains("and 2 more passages of b.txt") && !text.contains("\u{1B}"))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(report.json.text().utf8)) as? [String: Any])
        let suspects = try #require(json["suspect_essays"] as? [[String: Any]])
        #expect(suspects.map { $0["id"] as? String } == ["b.txt"])
        let none = try AlignmentReport(input: input(), repeats: [self.report(agreeing)])
        #expect(!AlignmentText(report: none, capabilities: .plain).text().contains("speak to the judge"))
    }

    @Test("The agreement of all repeats together has an interval too")
    func pooled() throws {
        let wrong = agreeing.map { ($0.1, $0.0) }
        let report = try AlignmentReport(input: input(repeats: 2), repeats: [report(agreeing), report(wrong)])
        let interval = report.alignment.pooledKendallTauInterval
        #expect(interval.contains(report.alignment.pooledKendallTau))
        #expect(interval.upperBound > interval.lowerBound, "judgements that contradict each other leave much open")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(report.json.text().utf8)) as? [String: Any])
        #expect(json["pooled_kendall_tau_low"] as? Double == interval.lowerBound)
        #expect(json["pooled_kendall_tau_high"] as? Double == interval.upperBound)
        #expect(AlignmentText(report: report, capabilities: .plain).text().contains("τ-b, all repeats together"))
        let single = try AlignmentReport(input: input(), repeats: [self.report(agreeing)])
        #expect(single.alignment.pooledKendallTauInterval.lowerBound <= single.alignment.pooledKendallTau)
    }

    @Test("Refuses what the assessment service would refuse, before anything is started")
    func limits() throws {
        var rows = "file,grade\n"
        // 318 anchors have 50,403 pairs, which in both orders are more than one assessment may ask for.
        for number in 0..<318 {
            try folder.add("n\(number).txt", "Text \(number).")
            rows += "n\(number).txt,\(number.isMultiple(of: 2) ? "A" : "F")\n"
        }
        try folder.add("anchors.csv", rows)
        #expect(try input(comparisons: 100_000).comparisons == 100_000)
        let error = #expect(throws: CommandError.self) { try input(comparisons: 100_001) }
        #expect(error?.message == "--comparisons: expected at most 100000, got 100001")
    }

    @Test("Says that the judge is simulated where it is")
    func simulated() throws {
        var repetition = report(agreeing)
        repetition.judge.simulated = true
        let report = try AlignmentReport(input: input(), repeats: [repetition])
        #expect(AlignmentText(report: report, capabilities: .plain).text().hasPrefix("Simulated judge"))
    }
}

@Suite("huleedu align, its options")
struct AlignOptionsTests {
    @Test("Its help speaks of alignments and says what --resume keeps")
    func help() {
        let help = AlignCommand.helpMessage(columns: 10_000)
        for foreign in ["every essay gets a grade", "--grade-shares", "--report", "first pair"] {
            #expect(!help.contains(foreign), "\(foreign)")
        }
        #expect(help.contains("It keeps the --repeats, --comparisons and --seed that it was begun with"))
    }

    private func message(_ arguments: [String]) -> String {
        do {
            _ = try AlignCommand.parse(arguments)
            return ""
        } catch {
            return AlignCommand.message(for: error)
        }
    }

    @Test(arguments: [
        (["a"], "--anchors"), (["", "--anchors", "a.csv"], "folder"), (["a", "--anchors", "a.csv", "--repeats", "0"], "1 to 20"),
        (["a", "--anchors", "a.csv", "--repeats", "21"], "1 to 20"),
        (["a", "--anchors", "a.csv", "--comparisons", "0"], "from 1"),
        (["a", "--anchors", "a.csv", "--quiet"], "--json"), (["a", "--anchors", "a.csv", "--plan", "--dry-run"], "exclude"),
        (["a", "--anchors", "a.csv", "--plan", "--resume"], "exclude"),
        (["a", "--anchors", "a.csv", "--report", "r.html"], "--report"),
        (["a", "--anchors", "a.csv", "--grades", "A,B", "--grade-shares", "0.5,0.5"], "--grade-shares"),
    ])
    func refusesWhatItCannotDo(arguments: [String], expected: String) {
        #expect(message(arguments).contains(expected), "\(message(arguments))")
    }

    @Test(arguments: [["--repeats", "1"], ["--repeats", "20"], ["--plan"], ["--dry-run"], ["--quiet", "--json"]])
    func takesWhatItCanDo(arguments: [String]) {
        #expect(message(["a", "--anchors", "a.csv"] + arguments) == "")
    }
}
