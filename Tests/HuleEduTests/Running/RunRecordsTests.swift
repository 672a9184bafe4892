import ArgumentParser
import CJCore
import Foundation
import Testing

@testable import huleedu

@Suite struct RunRecordsTests {
    private static let day: Int64 = 86_400

    private func record(
        _ id: String, _ state: RunRecord.State, at seconds: Int64 = 0, fingerprint: String = "f", server: String = "private",
        seed: UInt64 = 1
    ) -> RunRecord {
        RunRecord(
            id: id, database: "huleedu_\(id)", server: server, fingerprint: fingerprint, folder: "essays", seed: seed,
            startedUnixSeconds: seconds, state: state)
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
