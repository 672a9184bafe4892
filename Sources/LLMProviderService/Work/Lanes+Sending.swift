import Postgres
import Synchronization

extension Lanes {
    /// Requests that are to be sent now, and how long to wait for the next; nil for not before something changes.
    func due() -> (requests: [Due], wait: Duration?) {
        let now = now()
        let (due, changes) = state.withLock { state in
            let due = state.table.due(at: now)
            for request in due.items { noteChange(of: request.0, in: state) }
            return (due, Self.changes(of: Set(due.items.map(\.0.account)), in: &state))
        }
        changes.forEach(observe)
        return (
            due.items.map { Due(request: $0.1, reservation: $0.2) },
            due.again.map { .nanoseconds(max(0, $0 - now)) }
        )
    }

    /// Notes that a request leaves only now: a busy machine may have kept it since it was due, and the next one is not to catch up with it.
    func depart(_ due: Due) {
        let now = now()
        state.withLock { $0.table.depart(due.reservation, in: due.request.lane, at: now) }
    }

    /// What the end of a call leaves to be done.
    struct Aftermath: Sendable {
        /// The requests that waited behind it in vain, because the lane stands still for longer.
        var inVain: [PreparedRequest] = []
        /// How long the request itself has to wait because its lane stands still; nil where its end is its own.
        var standstill: Duration?
        /// Lanes to which the vendor wants nothing sent, as far as that is not on record yet; with times of this process.
        var refusals: [LaneID: LaneRecord] = [:]
    }

    /// Notes how a call ended.
    ///
    /// - Parameter usage: what it took, where the vendor says so.
    func finish(
        _ due: Due, _ ending: Lane<PreparedRequest>.Ending, usage: TokenUsage, report: LimitReport
    ) -> Aftermath {
        let now = now()
        let (aftermath, changes, isWaitedFor) = state.withLock { state in
            let request = due.request
            let size = request.size
            let isKnown = usage != TokenUsage()
            if isKnown { state.estimator.learn(usage, of: size) }
            let left = state.table.finish(
                due.reservation, in: request.lane, ending, of: request.claim.id, prefix: request.prefix, usage: usage,
                charge: isKnown ? size.counting.charge(usage, maximumOutputTokens: size.maximumOutputTokens) : nil,
                report: report, at: now)
            noteChange(of: request.lane, in: state)
            let pause = max(0, (state.table.frozenUntil(request.lane) ?? now) - now)
            let refusals = state.table.refusals(of: request.lane.account, at: now).filter { id, record in
                record.frozenUntil > state.refusedOnRecord[id] ?? now
            }
            return (
                Aftermath(
                    inVain: left.inVain, standstill: left.isHeld ? .nanoseconds(pause) : nil, refusals: refusals),
                Self.changes(of: [request.lane.account], in: &state), state.table.waitingCount > 0
            )
        }
        if isWaitedFor { changed.ring() }
        changes.forEach(observe)
        return aftermath
    }

    private func noteChange(of lane: LaneID, in state: State) {
        if let known = state.table[lane], state.recorded[lane] != known.record { unrecorded.ring() }
    }
}
