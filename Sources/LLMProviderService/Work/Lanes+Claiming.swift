import Postgres
import Synchronization

extension Lanes {
    /// Requests that are claimed together to find out which lanes they belong to.
    private static let scouts = 32

    /// How many requests of each provider to claim, and of all of them `limit` at most.
    func rooms(limit: Int) -> [String: Int] {
        guard limit > 0 else { return [:] }
        let now = now()
        return state.withLock { state in
            var rooms: [String: Int] = [:]
            for provider in configuration.providers where !state.foreign.contains(provider.name) {
                rooms[provider.name] = min(limit, room(of: provider, at: now, state: &state))
            }
            return rooms.filter { $0.value > 0 }
        }
    }

    private func room(of provider: ProviderConfiguration, at now: Int64, state: inout State) -> Int {
        guard let room = state.table.room(of: provider.name, at: now) else { return Self.scouts }
        guard room == 0, state.table.standsStill(provider.name, at: now) else { return room }
        // Other pools, of which nothing is known here, may go on.
        guard state.scoutAt[provider.name].map({ $0 <= now }) ?? true else { return 0 }
        state.scoutAt[provider.name] = now + configuration.scoutInterval.nanoseconds
        return Self.scouts
    }

    /// Requests that are claimed and wait here for the answer to another that begins like them.
    var keptBackCount: Int {
        let now = now()
        return state.withLock { $0.table.keptBackCount(at: now) }
    }

    /// Lets requests that were claimed together wait for their turns.
    ///
    /// - Returns: those that should be claimed again, and after how long; the others wait here.
    func enter(_ requests: [PreparedRequest]) -> [(request: PreparedRequest, pause: Duration)] {
        let now = now()
        let refused = state.withLock { state in
            requests.compactMap { request -> (request: PreparedRequest, pause: Duration)? in
                let charge = state.estimator.charge(request.size)
                let pause = state.table.enter(request, charge: charge, prefix: request.prefix, in: request.lane, at: now)
                return pause.map { (request, .nanoseconds($0)) }
            }
        }
        if refused.count < requests.count { changed.ring() }
        return refused
    }

    /// Refuses a request that could never be sent within what is configured.
    func check(_ parsed: SubmissionParser.Parsed) throws(Pacer.Oversize) {
        let charge = state.withLock { $0.estimator.charge(TokenEstimator.Request(parsed)) }
        let limits = parsed.provider.limits.limits(
            of: LaneID(parsed.provider, model: parsed.call.model).pool, at: parsed.provider)
        try Pacer(limits: limits, now: 0).check(charge)
    }

    /// Least time between two requests of this size that the limits of a lane allow, in nanoseconds.
    func interval(in lane: LaneID, of size: TokenEstimator.Request) -> Int64 {
        let now = now()
        return state.withLock { state in
            let known = state.table[lane] ?? Self.lane(lane, configuration: configuration, at: now)
            return known.spacing(of: state.estimator.charge(size))
        }
    }
}
