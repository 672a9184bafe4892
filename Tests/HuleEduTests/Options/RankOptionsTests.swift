import ArgumentParser
import CJCore
import Testing

@testable import huleedu

@Suite struct RankOptionsTests {
    private struct Rank: ParsableCommand {
        static var configuration: CommandConfiguration { RankHelp.configuration }
        @OptionGroup var options: RankOptions
    }

    private func settings(_ arguments: [String], files: FileAccess = .system) throws -> RankSettings {
        try RankOptions.parse(arguments).settings(files: files)
    }

    private func message(_ arguments: [String]) -> String {
        do {
            _ = try RankOptions.parse(arguments)
            return ""
        } catch {
            return RankOptions.message(for: error)
        }
    }

    @Test func needsOnlyAFolder() throws {
        let settings = try settings(["essays"])
        #expect(settings.folder == "essays")
        #expect(settings.language == .english)
        #expect(settings.goal == .reliability(0.85))
        #expect(settings.pairing == .information)
        #expect(settings.scale == .swedish)
        #expect(settings.budget == nil && settings.seed == nil && settings.temperature == nil && settings.question == nil)
        #expect(!settings.output.yes && !settings.output.json && settings.output.colour)
    }

    @Test func understandsEveryOption() throws {
        let settings = try settings([
            "essays", "--question", "Why?", "--rubric", "@@home", "--language", "sv", "--anchors", "a.csv", "--grades", "G,VG",
            "--provider",
            "simulated", "--model", "m-1", "--temperature", "0.5", "--levels", "2", "--qualities", "q.csv:syntax", "--budget",
            "$2.50",
            "--precision", "0.9",
            "--seed", "18446744073709551615", "--concurrency", "8", "--pairing", "random", "--resume", "--json", "--report",
            "r.html", "-y", "-q",
            "--data", "/tmp/d", "--database", "postgresql://h/d", "--no-color",
        ])
        #expect(
            settings
                == RankSettings(
                    folder: "essays", question: "Why?", rubric: "@home", language: .swedish, anchors: "a.csv",
                    scale: try GradeScale(parsing: "G,VG"), provider: "simulated", model: "m-1", temperature: 0.5, levels: .two,
                    qualities: try QualitiesArgument(parsing: "q.csv:syntax"), budget: .money(Money(nanodollars: 2_500_000_000)),
                    goal: .reliability(0.9),
                    seed: .max, concurrency: 8, pairing: .random, resume: true,
                    output: .init(
                        json: true, report: "r.html", yes: true, quiet: true, colour: false, dataFolder: "/tmp/d",
                        database: "postgresql://h/d")))
    }

    @Test func readsTextsFromFiles() throws {
        let files = FakeFiles(["question.txt": "\u{FEFF}Why?\r\n"]).access()
        #expect(try settings(["essays", "--question", "@question.txt"], files: files).question == "Why?")
    }

    @Test(arguments: [
        ("@missing.txt", CommandError.Code.textUnreadable), ("@blank.txt", .textUnusable), ("  ", .optionUnreadable),
        ("@long.txt", .textTooLong),
    ])
    func namesATextThatCannotBeRead(argument: String, code: CommandError.Code) throws {
        let files = FakeFiles(["blank.txt": " ", "long.txt": String(repeating: "a", count: 64 * 1024 + 1)]).access()
        let error = #expect(throws: CommandError.self) { try settings(["essays", "--rubric", argument], files: files) }
        #expect(error?.code == code)
        #expect(error?.message.contains("--rubric") == true)
    }

    @Test(arguments: [
        (["essays", "--budget", "2.50"], "no budget"), (["essays", "--precision", "0.49"], "0.5 to 0.99"),
        (["essays", "--precision", "0.995"], "0.5 to 0.99"), (["essays", "--precision", "nan"], "0.5 to 0.99"),
        (["essays", "--tau", "0.29"], "0.3 to 0.95"), (["essays", "--tau", "0.96"], "0.3 to 0.95"),
        (["essays", "--anchors", "a.csv", "--grade-deviation", "0.09"], "0.1 to 10"),
        (["essays", "--anchors", "a.csv", "--grade-deviation", "10.1"], "0.1 to 10"),
        (["essays", "--grade-deviation", "0.8"], "--anchors"),
        (["essays", "--temperature", "2.1"], "0 to 2"), (["essays", "--levels", "3"], "2 or 4"),
        (["essays", "--levels", "four"], "2 or 4"), (["essays", "--temperature", "-0.1"], "temperature"),
        (["essays", "--seed", "-1"], "seed"), (["essays", "--concurrency", "0"], "1 to 256"),
        (["essays", "--concurrency", "257"], "1 to 256"),
        (["essays", "--language", "de"], "language"), (["essays", "--pairing", "best"], "pairing"),
        (["essays", "--grades", "A,B"], "--anchors"),
        (["essays", "--grades", "A", "--anchors", "a.csv"], "list of grades"), (["essays", "--quiet"], "--report"),
        (["essays", "--qualities", "q.csv", "--provider", "anthropic"], "simulated"),
        (["essays", "--qualities", ":x"], "FILE.csv"),
        (["essays", "--model", "a b"], "model's name"), (["essays", "--provider", ""], "provider's name"),
        (["essays", "--question", "@"], "@@"),
        (["essays", "--report", ""], "--report"), (["essays", "--data", ""], "--data"),
        (["essays", "--database", ""], "--database"), ([""], "folder"), ([], "folder"),
    ])
    func refusesWhatItCannotDoAndSaysWhatItExpected(arguments: [String], expected: String) {
        #expect(message(arguments).contains(expected), "\(message(arguments))")
    }

    @Test(arguments: [
        ("q.csv", "q.csv", "overall"), ("q.csv:syntax", "q.csv", "syntax"), ("a:b/q.csv", "a:b/q.csv", "overall"),
        ("a:b.csv:c", "a:b.csv", "c"),
    ])
    func splitsATableFromItsColumn(argument: String, path: String, column: String) throws {
        let qualities = try QualitiesArgument(parsing: argument)
        #expect(qualities.path == path && qualities.column == column)
    }

    @Test(
        "Takes one thing to reach, up to the borders of what can be asked for",
        arguments: [
            (["--precision", "0.5"], StoppingGoal.reliability(0.5)), (["--precision", "0.99"], .reliability(0.99)),
            (["--tau", "0.3"], .kendallTau(0.3)), (["--tau", "0.95"], .kendallTau(0.95)),
            (["--anchors", "a.csv", "--grade-deviation", "0.1"], .gradeDeviation(0.1)),
            (["--anchors", "a.csv", "--grade-deviation", "10"], .gradeDeviation(10)), (["--until-budget"], .budget),
        ])
    func goal(arguments: [String], goal: StoppingGoal) throws {
        #expect(try settings(["essays"] + arguments).goal == goal)
    }

    @Test func refusesTwoThingsToReach() throws {
        let error = #expect(throws: CommandError.self) { try settings(["essays", "--tau", "0.7", "--until-budget"]) }
        #expect(error?.code == .optionsConflict)
        #expect(error?.message.contains("--tau and --until-budget") == true)
    }

    @Test func helpExplainsEveryOptionAndShowsExamples() {
        let help = Rank.helpMessage(columns: 100)
        for option in [
            "--question", "--rubric", "--language", "--anchors", "--grades", "--provider", "--model", "--temperature", "--levels",
            "--qualities", "--budget",
            "--precision", "--tau", "--grade-deviation", "--until-budget", "--seed", "--concurrency", "--pairing", "--resume",
            "--json", "--report", "--yes", "--quiet",
            "--no-color", "--data", "--database",
        ] {
            #expect(help.contains(option), "\(option)")
        }
        for heading in ["OVERVIEW", "EXAMPLES", "EXIT STATUS", "THE TASK", "THE JUDGE", "HOW FAR TO GO", "OUTPUT"] {
            #expect(help.contains(heading), "\(heading)")
        }
    }

    @Test func refusesToGradeWhereEveryGradeIsKnown() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b", "c"] { try folder.add("\(name).txt", "Text \(name).") }
        try folder.add("all.csv", "file,grade\na.txt,A\nb.txt,C\nc.txt,F\n")
        try folder.add("some.csv", "file,grade\na.txt,A\nc.txt,F\n")
        func input(_ table: String, _ goal: [String]) throws -> RankInput {
            try RankInput(RankOptions.parse([folder.path, "--anchors", folder.path + "/" + table] + goal).settings())
        }
        let error = #expect(throws: CommandError.self) { try input("all.csv", ["--grade-deviation", "0.8"]) }
        #expect(error?.message.contains("--grade-deviation") == true)
        #expect(try input("some.csv", ["--grade-deviation", "0.8"]).anchors.count == 2)
        #expect(try input("all.csv", ["--tau", "0.7"]).anchors.count == 3)
    }
}
