import CJCore
import Contracts
import Testing

@testable import CJAssessmentService

@Suite("What a finished request means")
struct ResultIntakeTests {
    private let intake = ResultIntake(maximumAttempts: 3)

    private func reply(_ json: String) -> LLMV1.Result {
        LLMV1.Result(requestID: "r", owner: "a", outcome: .reply(LLMV1.Reply(json: Array(json.utf8))))
    }

    private func failure(_ kind: LLMV1.FailureKind) -> LLMV1.Result {
        LLMV1.Result(requestID: "r", owner: "a", outcome: .failure(LLMV1.Failure(kind: kind, message: "why")))
    }

    @Test("A verdict is a judgement")
    func verdict() {
        let effect = intake.effect(
            of: reply(#"{"rationale":"x","winner":"second","margin":"clear","confidence":4}"#), attempt: 1)
        guard case .judged(let verdict) = effect else {
            Issue.record("expected a judgement, got \(effect)")
            return
        }
        #expect(verdict.outcome == .second && verdict.margin == .clear)
        #expect(verdict.confidence == 4)
    }

    @Test(
        "A reply that is no verdict is asked again, then given up; a winner is never invented",
        arguments: [
            "{}", "first", #"{"rationale":"x","winner":"Essay 1","margin":"clear","confidence":4}"#, #"{"winner":"first"}"#, "",
        ])
    func unreadable(json: String) {
        for attempt in 1...2 {
            guard case .retry = intake.effect(of: reply(json), attempt: attempt) else {
                Issue.record("attempt \(attempt) of \(json) is not asked again")
                continue
            }
        }
        guard case .giveUp = intake.effect(of: reply(json), attempt: 3) else {
            Issue.record("\(json) is not given up at the third attempt")
            return
        }
    }

    @Test("Failures that no further request can mend end the judge")
    func unusable() {
        for kind in [LLMV1.FailureKind.authentication, .billing] {
            #expect(intake.effect(of: failure(kind), attempt: 1) == .judgeUnusable(reason: "why"))
        }
    }

    @Test("A request that the vendor calls wrong is not asked again, and its comparison alone is given up")
    func invalid() {
        #expect(intake.effect(of: failure(.invalidRequest), attempt: 1) == .giveUp(reason: "why"))
    }

    @Test("Failures that may pass are asked again")
    func passing() {
        for kind in [LLMV1.FailureKind.rateLimited, .overloaded, .unreachable, .unreadableReply, .refusal, .truncated, .expired] {
            #expect(intake.effect(of: failure(kind), attempt: 1) == .retry(reason: "why"))
            #expect(intake.effect(of: failure(kind), attempt: 3) == .giveUp(reason: "why"))
        }
    }

    @Test("Once the assessment starts nothing more, what would be asked again is given up, so that nothing waits for ever")
    func stopping() {
        #expect(intake.effect(of: failure(.unreachable), attempt: 1, isStopping: true) == .giveUp(reason: "why"))
        #expect(intake.effect(of: failure(.cancelled), attempt: 1, isStopping: true) == .withdrawn)
    }

    @Test("A withdrawn request is neither a judgement nor a failure")
    func withdrawn() {
        #expect(intake.effect(of: failure(.cancelled), attempt: 3) == .withdrawn)
    }
}
