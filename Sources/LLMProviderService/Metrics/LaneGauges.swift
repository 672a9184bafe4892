import ServiceKit

/// How the lanes of this process stand. Lanes of several accounts, and of models that no manifest has, are told together.
struct LaneGauges: Sendable {
    let concurrent = GaugeFamily(
        "llm_provider_concurrent_requests", help: "Requests that are with a vendor.", labels: ["provider"])
    let inFlight = GaugeFamily(
        "llm_provider_lane_in_flight", help: "Requests that are with a vendor.", labels: ["provider", "pool"])
    let waiting = GaugeFamily(
        "llm_provider_lane_waiting", help: "Requests that are claimed and wait for their turn.", labels: ["provider", "pool"])
    let concurrencyLimit = GaugeFamily(
        "llm_provider_lane_concurrency_limit", help: "Requests that may be with a vendor at once, as its load allows.",
        labels: ["provider", "pool"])
    let frozenSeconds = GaugeFamily(
        "llm_provider_lane_frozen_seconds", help: "For how long nothing more is sent; zero in a lane that is open.",
        labels: ["provider", "pool"])
    let breaker = GaugeFamily(
        "llm_provider_circuit_breaker_state",
        help:
            "How a lane stands whose vendor failed: 0 closed, all is well; 1 open, nothing is sent; 2 half-open, one request finds out.",
        labels: ["provider", "pool"])
    let breakerChanges = CounterFamily(
        "llm_provider_circuit_breaker_state_changes_total",
        help: "Times that a lane was stopped, let one request find out or went on, and why it stood still.",
        labels: ["provider", "pool", "from_state", "to_state", "reason"])
    let limit = GaugeFamily(
        "llm_provider_lane_limit_per_minute", help: "What is used at most of a vendor's limit, where one is known.",
        labels: ["provider", "pool", "dimension"])

    var families: [any MetricFamily] {
        [concurrent, inFlight, waiting, concurrencyLimit, frozenSeconds, breaker, breakerChanges, limit]
    }

    /// Tells how the lanes stand.
    ///
    /// - Parameter now: by the lanes' clock.
    func show(_ lanes: [LaneID: Lane<PreparedRequest>], of providers: [ProviderConfiguration], at now: Int64) {
        var sums: [[String]: (inFlight: Int, waiting: Int, places: Int)] = [:]
        var concurrent = Dictionary(providers.map { ([$0.name], 0.0) }) { first, _ in first }
        var frozen: [[String]: Double] = [:]
        var breakers: [[String]: Double] = [:]
        var limits: [[String]: Double] = [:]
        for provider in providers {
            for (id, lane) in lanes where id.provider == provider.name {
                let labels = [provider.name, MetricLabels.pool(of: id, at: provider)]
                let sum = sums[labels] ?? (0, 0, 0)
                sums[labels] = (
                    sum.inFlight + lane.inFlight, sum.waiting + lane.waitingCount, sum.places + lane.concurrency.current
                )
                concurrent[[provider.name], default: 0] += Double(lane.inFlight)
                let pause = Double(max(0, lane.pacer.frozenUntil - now)) / 1e9
                frozen[labels] = max(frozen[labels] ?? 0, pause)
                breakers[labels] = max(breakers[labels] ?? 0, lane.breaker.state.number)
                for (dimension, limit) in Self.limits(of: lane) { limits[labels + [dimension], default: 0] += limit }
            }
        }
        self.concurrent.replace(concurrent)
        inFlight.replace(sums.mapValues { Double($0.inFlight) })
        waiting.replace(sums.mapValues { Double($0.waiting) })
        concurrencyLimit.replace(sums.mapValues { Double($0.places) })
        frozenSeconds.replace(frozen)
        breaker.replace(breakers)
        limit.replace(limits)
    }

    /// A breaker has changed.
    func count(_ change: BreakerChange, of providers: [ProviderConfiguration]) {
        let pool = providers.first { $0.name == change.lane.provider }.map { MetricLabels.pool(of: change.lane, at: $0) }
        breakerChanges.add(
            1, change.lane.provider, pool ?? CounterFamily.otherValue, change.from.rawValue, change.to.rawValue,
            change.reason.rawValue)
    }

    private static func limits(of lane: Lane<PreparedRequest>) -> [(dimension: String, perMinute: Double)] {
        LimitDimension.allCases.compactMap { dimension in
            guard let limit = lane.pacer.limits[dimension] else { return nil }
            return (dimension.label, Double(limit) * Double(lane.pacer.share) / 1000)
        }
    }
}

extension Breaker.State {
    /// As metrics call it.
    fileprivate var number: Double {
        switch self {
        case .closed: 0
        case .open: 1
        case .halfOpen: 2
        }
    }
}

extension LimitDimension {
    /// As metrics call it.
    fileprivate var label: String {
        switch self {
        case .requests: "requests"
        case .inputTokens: "input_tokens"
        case .outputTokens: "output_tokens"
        }
    }
}
