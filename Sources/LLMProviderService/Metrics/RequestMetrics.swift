import ServiceKit

/// What becomes of requests, and how long it takes.
struct RequestMetrics: Sendable {
    /// Why a request is not taken on.
    enum Refusal: String, CaseIterable {
        case invalid
        case budgetSpent = "budget_spent"
        case budgetReserved = "budget_reserved"
        case budgetUnpriced = "budget_unpriced"
    }

    enum Status: String {
        case queued, succeeded, failed, cancelled
        case passedOn = "passed_on"
    }

    let requests = CounterFamily(
        "llm_provider_requests_total",
        help:
            "Requests: queued where they were taken on; succeeded, failed or cancelled where they ended; passed_on at once, and ended.",
        labels: ["provider", "model", "status"])
    let errors = CounterFamily(
        "llm_provider_errors_total", help: "Requests that ended without a reply.", labels: ["provider", "model", "error_type"])
    let refusals = CounterFamily(
        "llm_provider_refusals_total", help: "Requests that were not taken on, without those that the queue had no room for.",
        labels: ["reason"])
    let overflow = CounterFamily(
        "llm_provider_queue_overflow_total",
        help: "Requests that were not taken on because the queue is full, or their tenant has its share of it.",
        labels: ["queue_type"])
    let waitSeconds = HistogramFamily(
        "llm_provider_queue_wait_time_seconds", help: "From a request's coming until its first call.", labels: ["provider"],
        bounds: [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600])
    let laneSeconds = HistogramFamily(
        "llm_provider_lane_wait_time_seconds", help: "From a request's being claimed until its call: what the limits cost.",
        labels: ["provider"], bounds: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
    let processingSeconds = HistogramFamily(
        "llm_provider_queue_processing_time_seconds", help: "From a call's beginning until what came of it is stored.",
        labels: ["provider", "status"], bounds: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120])
    let lifecycleSeconds = HistogramFamily(
        "llm_provider_request_lifecycle_duration_seconds", help: "From a request's coming until its end.",
        labels: ["provider", "status"], bounds: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600])
    let unstored = CounterFamily(
        "llm_provider_results_not_stored_total", help: "Times that what came of a call could not be stored at once.", labels: [])
    let rescued = CounterFamily(
        "llm_provider_requests_rescued_total", help: "Requests taken up that a dead worker had held.", labels: [])

    let unentered = CounterFamily(
        "llm_provider_passages_lost_total",
        help:
            "Passages of processes that died: calls with money set aside, and spans of calls of which the last may not be in the ledger.",
        labels: [])

    var families: [any MetricFamily] {
        [
            requests, errors, refusals, overflow, waitSeconds, laneSeconds, processingSeconds, lifecycleSeconds, unstored,
            rescued, unentered,
        ]
    }

    func expect() {
        for reason in Refusal.allCases { refusals.add(0, reason.rawValue) }
        for queue in ["total", "tenant", "passing"] { overflow.add(0, queue) }
        unentered.add(0)
        unstored.add(0)
        rescued.add(0)
    }

    func accepted(_ labels: MetricLabels) {
        requests.add(1, labels.provider, labels.model, Status.queued.rawValue)
    }

    func refused(_ reason: Refusal) {
        refusals.add(1, reason.rawValue)
    }

    func overflowed(_ full: QueueBounds.Full) {
        switch full {
        case .total: overflow.add(1, "total")
        case .tenant: overflow.add(1, "tenant")
        }
    }

    /// A request was not passed on because too many are.
    func crowded() {
        overflow.add(1, "passing")
    }

    /// What dead processes passed on may not all be in the ledger.
    func lostPassages(_ count: Int) {
        unentered.add(UInt64(count))
    }

    /// What came of a call could not be stored.
    func notStored() {
        unstored.add()
    }

    /// Requests were taken up that dead workers had held.
    func tookUp(_ count: Int) {
        rescued.add(UInt64(count))
    }

    /// A call of a claimed request begins.
    func began(_ claim: ClaimedRequest, _ labels: MetricLabels) {
        laneSeconds.observe(claim.claimedAt.duration(to: .now), labels.provider)
        // One that was counted before may have been sent by another worker.
        if claim.attempts == 1, claim.waits == 0 { waitSeconds.observe(claim.age, labels.provider) }
    }

    /// What came of a call is stored.
    func processed(_ outcome: AttemptOutcome, in time: Duration, _ labels: MetricLabels) {
        processingSeconds.observe(time, labels.provider, outcome.failure == nil ? "success" : "failure")
    }

    /// A request has its end without a worker.
    func ended(_ withdrawal: RequestStore.Withdrawal) {
        ended(withdrawal.claim, withdrawal.outcome, withdrawal.parsed.map { MetricLabels($0) } ?? .other)
    }

    /// A request was passed on, and has its end. It was never in the queue, and so does not count with what leaves that.
    func passedOn(_ outcome: AttemptOutcome, _ labels: MetricLabels) {
        requests.add(1, labels.provider, labels.model, Status.passedOn.rawValue)
        guard let kind = outcome.failure?.kind, kind != .cancelled else { return }
        errors.add(1, labels.provider, labels.model, kind.rules.label)
    }

    /// A request has its end.
    func ended(_ claim: ClaimedRequest, _ outcome: AttemptOutcome, _ labels: MetricLabels) {
        let status: Status =
            switch outcome.failure?.kind {
            case nil: .succeeded
            case .cancelled: .cancelled
            default: .failed
            }
        requests.add(1, labels.provider, labels.model, status.rawValue)
        lifecycleSeconds.observe(claim.age, labels.provider, status.rawValue)
        guard status == .failed, let kind = outcome.failure?.kind else { return }
        errors.add(1, labels.provider, labels.model, kind.rules.label)
    }
}

extension Account.Refusal {
    /// As metrics call it.
    var label: RequestMetrics.Refusal {
        switch self {
        case .exceeded: .budgetSpent
        case .setAside: .budgetReserved
        case .unpriced: .budgetUnpriced
        }
    }
}
