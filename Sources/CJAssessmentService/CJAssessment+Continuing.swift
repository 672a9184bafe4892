public import Contracts
import EventLog
import Postgres
public import Wire

extension CJAssessment {
    public func continueAssessment(
        _ request: CJV1.ContinueAssessmentRequest, context: ServerContext
    ) async throws -> CJV1.ContinueAssessmentResponse {
        let id = try parsing { () throws(RequestFault) in try parser.assessmentID(request.assessmentID) }
        let isTakenUp = try await driver.workflow.takeUp(id) { snapshot in
            let stopping = try parsing { () throws(RequestFault) in
                try parser.stopping(
                    request.stopping, essays: snapshot.items.count, anchors: snapshot.items.count { $0.anchorGrade != nil },
                    usualGoal: snapshot.stopping.goal)
            }
            guard stopping.maximumCost == nil || snapshot.estimatedCost != nil else {
                throw RPCError(
                    .failedPrecondition,
                    "stopping.max_cost_nanodollars: the price of \(snapshot.judge.model) is not known; limit the comparisons instead"
                )
            }
            guard request.maxInFlight > 0 else { return (stopping, snapshot.maximumInFlight) }
            return (stopping, try parsing { () throws(RequestFault) in try parser.inFlight(request.maxInFlight) })
        }
        guard let isTakenUp else { throw Self.unknown(id) }
        if isTakenUp {
            changes.ring()
            await advanceNow(id)
        }
        let known = try await store.pool.unitOfWork("look for assessment") { try await store.startedContent(of: id, in: $0) }
        return CJV1.ContinueAssessmentResponse(state: known?.state.contract ?? .unspecified)
    }
}

extension AssessmentSnapshot {
    /// Whether going on under these limits could come to another end than the one there is, or than the one that it is going to.
    func isToBeTakenUp(stopping: AssessmentPlan.Stopping, maximumInFlight: Int) -> Bool {
        switch (state, reason) {
        case (.running, nil): stopping != self.stopping || maximumInFlight != self.maximumInFlight
        case (.running, .cancelled), (.running, .judgeFailed), (.cancelled, _), (.failed, _): true
        case (_, .timeLimit): true
        // Whether there is money by now, the provider service says.
        case (_, .moneyBudget) where budgetRefusal != nil: true
        case (.running, _), (.completed, _): stopping != self.stopping
        }
    }
}
