/// Holds the calls that a provider got against what it had answered before them, and against the deaths of the process that made them.
struct CallAudit: Sendable {
    /// Times are nanoseconds since 1970.
    struct Call: Sendable, Hashable {
        let received: Int64
        /// Zero where the caller did not wait for the answer.
        let status: Int
        /// What went wrong on purpose, as the ledger tells it.
        let fault: String?
        /// The same for all calls of one request.
        let trace: String

        /// Whether there is no reason to ask again, had the caller lived to write the answer down.
        var endsRequest: Bool {
            switch fault {
            case nil: status == 200 || status == 0
            case "refusal": true
            case let fault? where fault.hasPrefix("slow"): status == 200
            default: false
            }
        }
    }

    /// A death of the process, which was alive at `from`, and again at `until`.
    struct Kill: Sendable, Hashable {
        let from: Int64
        let until: Int64
        /// Traces of the requests that it held.
        let held: Set<String>
    }

    /// Calls after one that ended their request, with a death between the two at which the request was held.
    private(set) var repeated = 0
    /// The same with no such death: nothing excuses them.
    private(set) var inexcusable: [Call] = []
    /// Calls while the provider had asked to be left alone, by the process that it had asked.
    private(set) var early: [Call] = []
    /// Such calls by a later life of the process, where all that asked for the pause died with the one before: the requests that it held.
    private(set) var earlyAfterKills = 0

    /// - Parameters:
    ///   - calls: in any order.
    ///   - retryAfter: what the provider asks for when it refuses, in nanoseconds.
    ///   - underWay: how long after a refusal came calls come that were sent before its answer was read, in nanoseconds.
    init(_ calls: [Call], kills: [Kill], retryAfter: Int64, underWay: Int64) {
        let calls = calls.sorted { $0.received < $1.received }
        for calls in Dictionary(grouping: calls, by: \.trace).values {
            for (call, next) in zip(calls, calls.dropFirst()) where call.endsRequest {
                if kills.contains(where: { $0.held.contains(call.trace) && $0.isBetween(call, next) }) {
                    repeated += 1
                } else {
                    inexcusable.append(next)
                }
            }
        }
        let refusals = calls.filter { $0.status == 429 }
        for call in calls {
            let ignored = refusals.filter {
                (underWay..<retryAfter).contains(call.received - $0.received)
            }
            guard !ignored.isEmpty else { continue }
            if ignored.allSatisfy({ refusal in
                // What was put back had its pause on record by then.
                kills.contains { $0.isBetween(refusal, call) && $0.held.contains(refusal.trace) }
            }) {
                earlyAfterKills += 1
            } else {
                early.append(call)
            }
        }
    }
}

extension CallAudit.Kill {
    fileprivate func isBetween(_ call: CallAudit.Call, _ next: CallAudit.Call) -> Bool {
        call.received <= until && from <= next.received
    }
}

extension CallAudit.Call {
    /// Nil for a line that tells only that an answer was written.
    init?(_ entry: Ledger.Entry) {
        guard let received = entry.receivedNanoseconds, let status = entry.status,
            let parts = entry.traceparent?.split(separator: "-"), parts.count == 4
        else { return nil }
        self.init(received: received, status: status, fault: entry.fault, trace: String(parts[1]))
    }
}
