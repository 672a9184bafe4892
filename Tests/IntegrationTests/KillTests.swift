import CJCore
import Contracts
import Foundation
import Logging
import Postgres
import PostgresTestSupport
import Testing
import Wire
import WireNIO

/// How often each service is killed; set HULEEDU_KILLS for more.
private let kills = ProcessInfo.processInfo.environment["HULEEDU_KILLS"].flatMap { Int($0) } ?? 4

@Suite("Services that are killed at any moment", .serialized, .timeLimit(.minutes(10 + kills)))
struct KillTests {
    /// Judgements that the longest wait for a kill takes, with those that come while a service starts again.
    private static let judgementsForEachKill = 24
    /// Judgements left for what follows on the last kill.
    private static let judgementsAfterwards = 40

    @Test("lose no judgement, count none twice, and pay for no stored answer again")
    func killed() async throws {
        let comparisons = 2 * kills * Self.judgementsForEachKill + Self.judgementsAfterwards
        // So many that their pairs, in both orders, are more than the comparisons.
        let essays = max(20, Int(Double(comparisons).squareRoot()) + 2)
        let deployment = try await Deployment.start(essays: essays, latencyMilliseconds: 40...160)
        try await deployment.startAssessment(target: 0.9999, comparisons: comparisons)
        var generator = SplitMix64(seed: 11)
        var left = ["llm-provider": kills, "cj-assessment": kills]
        var killed = 0
        while let victim = left.filter({ $0.value > 0 }).keys.sorted().randomElement(using: &generator) {
            left[victim]! -= 1
            // A moment is a number of judgements that more have arrived: chance in time, and no clock.
            try await deployment.waitForJudgements(more: Int.random(in: 0...9, using: &generator))
            try #require(try await deployment.progress().state == .running, "it ended before kill \(killed + 1)")
            try await deployment.killAndRestart(victim)
            killed += 1
        }
        #expect(killed == 2 * kills)
        let progress = try await deployment.waitForEnd()
        #expect(progress.state == .completed)
        #expect(progress.inFlight == 0)

        let books = try await deployment.books()
        #expect(books.judgements == Int(progress.judged))
        #expect(books.judgedComparisons == books.judgements)
        #expect(books.resultsWithReply == books.judgements, "every stored reply is one judgement")
        #expect(books.openWork == 0)
        #expect(books.finishedEvents == 1)
        #expect(books.eventGaps == 0)
        let calls = try deployment.answeredCalls()
        let repeated = calls.values.reduce(0) { $0 + $1 - 1 }
        #expect(calls.count >= books.judgements)
        // A call can be answered twice only where a kill fell between its answer and its storing: at most what one worker has in flight.
        #expect(repeated <= kills * 16)
        print(
            "killed each service \(kills) times: \(books.judgements) judgements, \(calls.values.reduce(0, +)) answered calls, "
                + "\(repeated) of them answered again because a kill fell between answer and storing")

        let response = try await deployment.assessment.getAssessment(.init(assessmentID: deployment.id))
        #expect(response.items.reduce(0) { $0 + Int($1.comparisons) } == 2 * books.judgements)
        await deployment.stop()
    }
}
