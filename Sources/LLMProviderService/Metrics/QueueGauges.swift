import ServiceKit

/// How the queue and the budgets stand in the database; the same for all processes that share it.
struct QueueGauges: Sendable {
    let depth = GaugeFamily(
        "llm_provider_queue_depth",
        help: "Requests without an end: queued, scheduled for another attempt, sending where a worker holds them, and in total.",
        labels: ["provider", "queue_type"])
    let oldestAge = GaugeFamily(
        "llm_provider_queue_oldest_age_seconds", help: "Since the oldest request without an end came.", labels: ["provider"])
    let batches = GaugeFamily(
        "llm_provider_batches",
        help:
            "Batches: gathering requests, sending where nobody knows yet whether the vendor has them, submitted where it has.",
        labels: ["provider", "state"])
    let oldestBatchAge = GaugeFamily(
        "llm_provider_batch_oldest_age_seconds", help: "Since the oldest batch was begun that is not closed.",
        labels: ["provider"])
    let reserved = GaugeFamily(
        "llm_provider_reserved_dollars", help: "The most that the requests without an end can cost.", labels: ["provider"])
    let budgetSpent = GaugeFamily(
        "llm_provider_budget_spent_ratio",
        help:
            "The largest share of a budget that is spent, of those with money set aside for requests; zero where there are none.",
        labels: [])

    var families: [any MetricFamily] { [depth, oldestAge, batches, oldestBatchAge, reserved, budgetSpent] }

    /// Tells how things stand; of providers that are not among them nothing waits.
    func show(_ standing: QueueStanding, of providers: [String]) {
        var depths: [[String]: Double] = [:]
        for provider in providers + standing.queues.keys {
            let queue = standing.queues[provider] ?? QueueStanding.Queue()
            depths[[provider, "total"]] = Double(queue.total)
            depths[[provider, "queued"]] = Double(queue.total - queue.scheduled - queue.held)
            depths[[provider, "scheduled"]] = Double(queue.scheduled)
            depths[[provider, "sending"]] = Double(queue.held)
        }
        depth.replace(depths)
        let idle = Dictionary(providers.map { ([$0], 0.0) }) { first, _ in first }
        func known(_ value: (QueueStanding.Queue) -> Double) -> [[String]: Double] {
            let queues = standing.queues.map { ([$0.key], value($0.value)) }
            return idle.merging(queues) { $1 }
        }
        oldestAge.replace(known(\.oldestSeconds))
        reserved.replace(known { Double($0.reservedNanodollars) / 1e9 })
        var counts: [[String]: Double] = [:]
        for provider in providers + standing.batches.keys {
            for state in Batch.State.allCases where state != .closed { counts[[provider, state.rawValue]] = 0 }
            for (state, count) in standing.batches[provider]?.counts ?? [:] { counts[[provider, state]] = Double(count) }
        }
        batches.replace(counts)
        oldestBatchAge.replace(idle.merging(standing.batches.map { ([$0.key], $0.value.oldestSeconds) }) { $1 })
        budgetSpent.replace([[]: standing.budgetSpent])
    }

    /// Tells nothing, as long as nothing is known.
    func hide() {
        for family in [depth, oldestAge, batches, oldestBatchAge, reserved, budgetSpent] { family.replace([:]) }
    }
}
