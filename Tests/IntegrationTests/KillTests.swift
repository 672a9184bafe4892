import CJCore
import Chaos
import Contracts
import Foundation
import Logging
import Postgres
import PostgresTestSupport
import Testing

/// How often each service is killed; set HULEEDU_KILLS for more.
private let kills = ProcessInfo.processInfo.environment["HULEEDU_KILLS"].flatMap { Int($0) } ?? 4

@Suite("Services that are killed at any moment", .serialized, .timeLimit(.minutes(10 + kills)))
struct KillTests {
    /// Judgements that the longest wait for a kill takes, with those that come while a service starts again.
    private static let judgementsForEachKill = 24
    /// Judgements left for what follows on the last kill.
    private static let judgementsAfterwards = 40

    @Test("lose no judgement of a long assessment, count none twice, and pay for no stored answer again")
    func longAssessment() async throws {
        let comparisons = 2 * kills * Self.judgementsForEachKill + Self.judgementsAfterwards
        // So many essays that their pairs, in both orders, are more than the comparisons.
        let assessment = DrillAssessment(
            id: "kill-test", essays: max(20, Int(Double(comparisons).squareRoot()) + 2), comparisons: comparisons, seed: 5)
        let scratch = try Scratch()
        let deployment = try await Deployment.start(
            connectionString: try await TestDatabase.make().connectionString, folder: scratch.path,
            latencyMilliseconds: 40...160, logger: Logger(label: "test"))
        try await deployment.begin(assessment)
        var generator = SplitMix64(seed: 11)
        var left = Dictionary(uniqueKeysWithValues: Deployment.Service.allCases.map { ($0, kills) })
        var killed = 0
        while let victim = left.filter({ $0.value > 0 }).keys.sorted(by: { $0.rawValue < $1.rawValue })
            .randomElement(using: &generator)
        {
            left[victim]! -= 1
            // A moment is a number of judgements that more have arrived: chance in time, and no clock.
            try await deployment.waitForJudgements(more: Int.random(in: 0...9, using: &generator), of: assessment.id)
            try #require(
                try await deployment.progress(of: assessment.id).state == .running, "it ended before kill \(killed + 1)")
            try await deployment.killAndRestart(victim)
            killed += 1
        }
        #expect(killed == 2 * kills)
        let progress = try await deployment.waitForEnd(of: assessment.id)
        #expect(progress.state == .completed)
        #expect(progress.inFlight == 0)

        #expect(try await Invariants.violations(in: deployment.pool, isAtRest: true) == [])
        let judgements = try await deployment.pool.query("SELECT count(*) FROM cj.judgement")[0].decode(Int.self)
        #expect(judgements == Int(progress.judged))
        let calls = try deployment.ledger.answers
        let repeated = calls.values.reduce(0) { $0 + $1 - 1 }
        #expect(calls.count >= judgements)
        // A call can be answered twice only where a kill fell between its answer and its storing: at most what one worker has in flight.
        #expect(repeated <= kills * 16)
        print(
            "killed each service \(kills) times: \(judgements) judgements, \(calls.values.reduce(0, +)) answered calls, "
                + "\(repeated) of them answered again because a kill fell between answer and storing")

        let response = try await deployment.assessments.getAssessment(.init(assessmentID: assessment.id))
        #expect(response.items.reduce(0) { $0 + Int($1.comparisons) } == 2 * judgements)
        await deployment.stop()
    }

    @Test("lose nothing of many assessments, their database server killed as well")
    func manyAssessments() async throws {
        var options = KillDrill.Options()
        options.serviceKills = 2 * kills
        options.serverKills = kills / 2
        let scratch = try Scratch()
        let report = try await KillDrill.run(options, folder: scratch.path, logger: .silent) { _ in }
        #expect(report.serviceRecovery.count + report.serverRecovery.count > 0)
        #expect(report.judgements == report.assessments * options.comparisons)
    }

    @Test("lose nothing when they die at any point between two round trips to the database")
    func everyPoint() async throws {
        let scratch = try Scratch()
        let report = try await PointDrill.run(passages: 1, lanes: 6, folder: scratch.path, logger: .silent) { _ in }
        // A claimed request is put back where its lane has no turn for it after all, which no run with a provider that answers is sure to
        // have; the test below has one that refuses.
        let missed = report.missed.filter { !$0.hasPrefix("llm-provider retry.") }
        #expect(missed == [], "each other point is reached by a run that is to die there")
        #expect(report.deaths + report.missed.count == report.points.count)
        for work in ["consume-events", "advance-assessment", "start-assessment", "submit-request", "finish-request"] {
            #expect(report.points.contains { $0.contains(" \(work).before-commit") })
            #expect(report.points.contains { $0.contains(" \(work).after-commit") })
        }
    }

    @Test("lose nothing when they die while requests that were refused, or found no turn, are put back")
    func everyPointOfWaiting() async throws {
        let scratch = try Scratch()
        let beginnings = ["llm-provider retry.", "llm-provider postpone-request."]
        let report = try await PointDrill.run(
            passages: 1, lanes: 4, faults: ["429:4=0.5"], beginnings: beginnings, folder: scratch.path, logger: .silent
        ) { _ in }
        #expect(report.missed == [])
        #expect(
            report.frozen.contains("llm-provider postpone-request.after-commit:1"),
            "the pause that was asked for is on record with the request, and the next life keeps to it")
        for beginning in beginnings {
            #expect(report.points.contains("\(beginning)before-commit"))
            #expect(report.points.contains("\(beginning)after-commit"))
        }
        #expect(report.points.allSatisfy { point in beginnings.contains { point.hasPrefix($0) } })
    }
}
