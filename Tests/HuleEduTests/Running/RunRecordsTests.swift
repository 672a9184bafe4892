import ArgumentParser
import CJCore
import Foundation
import Testing

@testable import huleedu

@Suite struct RunRecordsTests {
    private static let day: Int64 = 86_400

    private func record(
        _ id: String, _ state: RunRecord.State, at seconds: Int64 = 0, fingerprint: String = "f", server: String = "private",
        seed: UInt64 = 1, series: RunRecord.Series? = nil
    ) -> RunRecord {
        RunRecord(
            id: id, database: "huleedu_\(id)", server: server, fingerprint: fingerprint, folder: "essays", seed: seed,
            startedUnixSeconds: seconds, state: state, series: series)
    }

    @Test func offersUnfinishedBusinessFirstAndTheNewestOfEachKind() throws {
        let folder = try TemporaryFolder()
        let records = RunRecords(folder: folder.path)
        for (index, state) in [
            RunRecord.State.started, .finished, .failed, .finished, .preparing,
        ].enumerated() {
            try records.save(record("\(index)", state, at: Int64(index)))
        }
        try records.save(record("other", .started, at: 9, fingerprint: "g"))
        try records.save(record("elsewhere", .started, at: 9, server: "x"))
        #expect(try records.resumable(fingerprint: "f", server: "private", seed: nil).map(\.id) == ["2", "0", "3", "1"])
        #expect(try records.resumable(fingerprint: "f", server: "private", seed: 1).count == 4)
        #expect(try records.resumable(fingerprint: "f", server: "private", seed: 2).isEmpty)
        #expect(try records.resumable(fingerprint: "f", server: "x", seed: nil).map(\.id) == ["elsewhere"])
    }

    @Test func remembersHowFarARunHasCome() throws {
        let folder = try TemporaryFolder()
        let records = RunRecords(folder: folder.path)
        try records.save(record("a", .preparing))
        try records.save(record("a", .started))
        #expect(try records.find("a")?.state == .started)
        try records.remove(record("a", .started))
        #expect(try records.find("a") == nil)
    }

    @Test func forgetsFinishedRunsBeyondTheirNumber() {
        let runs = (0..<5).map { record("\($0)", .finished, at: Int64(-$0)) }
        let policy = RunRetention(finishedKept: 3)
        #expect(RunRecords.forgettable(Array(runs.prefix(3)), now: 0, policy: policy).isEmpty)
        #expect(RunRecords.forgettable(runs, now: 0, policy: policy).map(\.id) == ["3", "4"])
    }

    @Test func forgetsUnfinishedRunsByNumberAndAgeButNeverTheNewest() {
        let policy = RunRetention(unfinishedKept: 3, unfinishedSeconds: 10 * Self.day)
        let many = (0..<5).map { record("\($0)", $0 % 2 == 0 ? .started : .failed, at: -Int64($0)) }
        #expect(RunRecords.forgettable(many, now: 0, policy: policy).map(\.id) == ["3", "4"])
        let old = [
            record("newest", .started, at: -99 * Self.day), record("older", .failed, at: -100 * Self.day),
        ]
        #expect(RunRecords.forgettable(old, now: 0, policy: policy).map(\.id) == ["older"])
        let border = [
            record("newest", .started), record("kept", .started, at: -10 * Self.day),
            record("gone", .started, at: -10 * Self.day - 1),
        ]
        #expect(RunRecords.forgettable(border, now: 0, policy: policy).map(\.id) == ["gone"])
    }

    @Test func forgetsWhatAProcessLeftThatDiedBeforeTheStart() {
        let runs = [record("now", .preparing, at: -Self.day), record("left", .preparing, at: -Self.day - 1)]
        #expect(RunRecords.forgettable(runs, now: 0, policy: RunRetention()).map(\.id) == ["left"])
    }

    // MARK: - Alignments

    private func series(_ id: String, repeats: Int, seed: UInt64 = 1) -> RunRecord.Series {
        RunRecord.Series(id: id, repeats: repeats, comparisons: 6, seed: seed)
    }

    @Test func countsTheRepeatsOfAnAlignmentAsOneRunThatStaysOrGoesWhole() {
        let policy = RunRetention(finishedKept: 2)
        let whole = (0..<4).map { record("w\($0)", .finished, at: Int64(-$0), series: series("w", repeats: 4)) }
        let single = record("single", .finished, at: -10)
        #expect(RunRecords.forgettable(whole + [single], now: 0, policy: policy).isEmpty)
        let old = (0..<3).map { record("o\($0)", .finished, at: Int64(-20 - $0), series: series("o", repeats: 3)) }
        #expect(RunRecords.forgettable(whole + [single] + old, now: 0, policy: policy).map(\.id) == ["o0", "o1", "o2"])
    }

    @Test func keepsTheFinishedRepeatsOfAnAlignmentThatIsNotComplete() {
        let policy = RunRetention(finishedKept: 0, unfinishedKept: 2)
        let interrupted =
            [record("b1", .started, series: series("b", repeats: 3))] + [
                record("b0", .finished, at: -1, series: series("b", repeats: 3))
            ]
        // Its third repeat was never begun.
        let between = (0..<2).map { record("c\($0)", .finished, at: Int64(-5 - $0), series: series("c", repeats: 3)) }
        #expect(RunRecords.forgettable(interrupted + between, now: 0, policy: policy).isEmpty)
        let complete = [record("d0", .finished, at: -9, series: series("d", repeats: 1))]
        #expect(RunRecords.forgettable(interrupted + between + complete, now: 0, policy: policy).map(\.id) == ["d0"])
    }

    @Test func continuesTheRunsOfOneAlignmentOnly() throws {
        let folder = try TemporaryFolder()
        let records = RunRecords(folder: folder.path)
        let (one, other) = (series("one", repeats: 2), series("other", repeats: 2))
        try records.save(record("a", .started, at: 1, series: one))
        try records.save(record("b", .started, at: 2, series: other))
        try records.save(record("c", .started, at: 3))
        #expect(try records.resumable(fingerprint: "f", server: "private", seed: nil, series: one).map(\.id) == ["a"])
        #expect(try records.resumable(fingerprint: "f", server: "private", seed: nil).map(\.id) == ["c"])
    }

    @Test func tellsAlignmentsThatAreCompleteFromOthers() {
        let runs = [
            record("e", .preparing, series: series("never begun", repeats: 2)),
            record("a", .finished, series: series("whole", repeats: 1)),
            record("b", .finished, series: series("half", repeats: 2)),
            record("c", .failed, series: series("failed", repeats: 1)),
            record("d", .started),
        ]
        let found = RunRecords.series(among: runs)
        #expect(found.unfinished.map(\.id) == ["half", "failed"])
        #expect(found.finished.map(\.id) == ["whole"])
    }

    @Test func takesTheSizeOfAnAlignmentFromItsRecordAndNamesTheOptionThatContradicts() throws {
        let all = [series("new", repeats: 3, seed: 7), series("old", repeats: 3, seed: 8)]
        #expect(try AlignSeriesChoice().choose(among: all) == all[0])
        #expect(try AlignSeriesChoice(repeats: 3, comparisons: 6, seed: 8).choose(among: all) == all[1])
        for (choice, words) in [
            (AlignSeriesChoice(repeats: 2), ["--repeats", "has 3"]), (.init(comparisons: 5), ["--comparisons", "has 6"]),
            (.init(repeats: 3, seed: 9), ["--seed", "has 7"]),
        ] {
            let error = #expect(throws: CommandError.self) { try choice.choose(among: all) }
            #expect(words.allSatisfy { error?.message.contains($0) == true }, "\(error?.message ?? "")")
        }
        #expect(throws: CommandError.self) { try AlignSeriesChoice().choose(among: []) }
    }

    // MARK: - The fingerprint

    private func fingerprint(
        qualities: [Essay.ID: Double] = ["a.txt": 1], change: (inout RankSettings) -> Void = { _ in }
    ) throws -> String {
        var settings = try RankOptions.parse(["essays"]).settings()
        change(&settings)
        return settings.fingerprint(
            essays: [Essay(id: "a.txt", text: "x"), Essay(id: "b.txt", text: "y")], anchors: [:], qualities: qualities,
            provider: "simulated", model: "m")
    }

    @Test func isTheSameHoweverFarTheRunIsToGo() throws {
        let usual = try fingerprint()
        #expect(try fingerprint { $0.budget = .comparisons(9) } == usual)
        #expect(try fingerprint { $0.goal = .kendallTau(0.9) } == usual)
        #expect(try fingerprint { $0.concurrency = 1 } == usual)
    }

    @Test func isAnotherForAnotherJudgement() throws {
        let usual = try fingerprint()
        let others = try [
            fingerprint(qualities: ["a.txt": 2]), fingerprint(qualities: ["b.txt": 1]), fingerprint(qualities: [:]),
            fingerprint { $0.question = "Why?" }, fingerprint { $0.rubric = "Why?" }, fingerprint { $0.language = .swedish },
            fingerprint { $0.temperature = 0 }, fingerprint { $0.pairing = .random },
        ]
        #expect(Set(others + [usual]).count == others.count + 1)
    }
}
