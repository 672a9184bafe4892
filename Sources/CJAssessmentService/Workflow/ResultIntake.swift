package import CJCore
package import Contracts

/// Decides what a finished request means for its comparison.
package struct ResultIntake: Sendable {
    package enum Effect: Sendable, Hashable {
        /// The judge decided.
        case judged(Verdict)
        /// No judgement yet; the comparison gets another request.
        case retry(reason: String)
        /// The comparison is given up; the assessment goes on without it.
        case giveUp(reason: String)
        /// No request of this assessment can succeed.
        case judgeUnusable(reason: String)
        /// A budget that the provider service keeps does not allow the request. A cheaper one may fit, but the assessment does not look
        /// for one: it ends.
        case unaffordable(reason: String)
        /// The request was withdrawn before it was sent.
        case withdrawn
    }

    package let maximumAttempts: Int

    package init(maximumAttempts: Int) {
        self.maximumAttempts = maximumAttempts
    }

    /// - Parameters:
    ///   - levels: how finely the judge was asked to answer.
    ///   - attempt: which of the comparison's requests has finished, from one.
    ///   - isStopping: whether the assessment starts nothing more, so that nobody would hand a further request over.
    ///   - mayPay: whether there is money for one more call.
    package func effect(
        of result: LLMV1.Result, levels: VerdictLevels = .four, attempt: Int, isStopping: Bool = false, mayPay: Bool = true
    ) -> Effect {
        let effect = effect(of: result, levels: levels, attempt: attempt)
        guard case .retry(let reason) = effect else { return effect }
        guard mayPay else { return .giveUp(reason: "\(reason); there is no money left to ask again") }
        return isStopping ? .giveUp(reason: reason) : effect
    }

    private func effect(of result: LLMV1.Result, levels: VerdictLevels, attempt: Int) -> Effect {
        switch result.outcome {
        case .reply(let reply):
            do {
                return .judged(try VerdictParser.parse(reply.json, levels: levels))
            } catch {
                return again(attempt, because: "the reply is no verdict: \(error.message)")
            }
        case .failure(let failure):
            return effect(of: failure, attempt: attempt)
        case nil:
            return again(attempt, because: "the provider service sent a result without an outcome")
        }
    }

    private func effect(of failure: LLMV1.Failure, attempt: Int) -> Effect {
        switch failure.kind {
        case .cancelled: .withdrawn
        case .authentication, .billing: .judgeUnusable(reason: failure.message)
        // The vendor may have something against these two essays and nothing against the others; should it refuse every request, then
        // the failures in a row end the assessment.
        case .invalidRequest: .giveUp(reason: failure.message)
        default: again(attempt, because: failure.message)
        }
    }

    private func again(_ attempt: Int, because reason: String) -> Effect {
        attempt < maximumAttempts ? .retry(reason: reason) : .giveUp(reason: reason)
    }
}
