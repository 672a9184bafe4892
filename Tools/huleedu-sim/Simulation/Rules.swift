import CJAssessmentService
import CJCore
import Contracts

/// What must hold of a run that was left in peace at the end, whatever had gone wrong before.
enum Rules {
    static func violations(of world: World) -> [String] {
        var violations = world.tables.violations
        if !world.isOver { violations.append("the run does not come to an end") }
        for assessment in world.tables.assessments { violations += self.violations(of: assessment, in: world) }
        for request in world.provider.requests where request.paidCalls > 1 {
            violations.append("request \(request.id) was paid for \(request.paidCalls) times")
        }
        return violations
    }

    private static func violations(of assessment: Tables.Assessment, in world: World) -> [String] {
        let snapshot = assessment.snapshot
        var violations: [String] = []
        func check(_ holds: Bool, _ rule: String) {
            if !holds { violations.append("\(snapshot.id): \(rule)") }
        }
        check(snapshot.state != .running, "it has not ended")
        check(assessment.ends.count == assessment.continuations + 1, "its end is told \(assessment.ends.count) times")
        check(snapshot.reason.map { $0.finalState == snapshot.state } ?? false, "its state does not follow from its reason")
        check(snapshot.count(.inFlight) == 0, "comparisons are under way after the end")
        check(assessment.requests.allSatisfy(\.isFinished), "requests are open after the end")
        for entry in snapshot.entries {
            check(
                (entry.state == .judged) == (entry.judgement != nil), "comparison \(entry.number) is judged without a judgement")
            let requests = assessment.requests.filter { $0.comparison == entry.number }
            check(requests.map(\.attempt) == Array(1...requests.count), "attempts of comparison \(entry.number) are not in a row")
            check(requests.count <= 3, "comparison \(entry.number) was asked about too often")
        }
        // Nothing that was answered is lost, and nothing counts that was not.
        let results = world.provider.log.filter { $0.owner == snapshot.id }
        let cost = results.reduce(0) { $0 + Int64($1.costNanodollars ?? 0) }
        check(snapshot.cost == cost, "it has paid \(snapshot.cost), the provider was paid \(cost)")
        if let limit = snapshot.stopping.maximumCost { check(cost <= limit, "it has spent \(cost) of \(limit)") }
        let judged = snapshot.count(.judged)
        check(judged <= snapshot.stopping.maximumComparisons, "\(judged) judgements are more than it may have")
        let replies = results.count(where: isVerdict)
        check(replies == judged, "\(replies) usable replies, \(judged) judgements")
        if snapshot.reason == .converged { check(judged > 0, "it has converged on nothing") }
        return violations
    }

    private static func isVerdict(_ result: LLMV1.Result) -> Bool {
        guard case .reply(let reply) = result.outcome else { return false }
        return reply.json.count > 2
    }
}
