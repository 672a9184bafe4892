/// Divides the places of a provider among the tenants that have requests waiting, in equal parts, and a tenant's among its priorities by
/// their weights.
///
/// Stride scheduling (Waldspurger and Weihl 1995), at two levels: whoever has come least far goes next, and goes on by as much as its part is
/// small. Who had nothing waiting begins where the others are, with neither debt nor credit; nobody who waits is passed over for ever. So
/// places that somebody had no use for cost him one turn at most.
struct FairShare: Sendable {
    /// Who takes turns with others.
    private struct Runner<Key: Hashable & Comparable & Sendable>: Sendable {
        private var passes: [Key: Int] = [:]
        /// How far the last one that went had come.
        private var front = 0

        /// The next of those that wait goes on by its stride.
        mutating func next(of waiting: some Collection<Key>, stride: (Key) -> Int) -> Key? {
            // Those that are not ahead of the others are as good as forgotten.
            passes = passes.filter { $0.value > front }
            guard let next = waiting.min(by: { (pass(of: $0), $0) < (pass(of: $1), $1) }) else { return nil }
            front = pass(of: next)
            passes[next] = front + stride(next)
            return next
        }

        private func pass(of key: Key) -> Int { max(front, passes[key] ?? front) }
    }

    private var tenants = Runner<String>()
    private var priorities: [String: Runner<Int>] = [:]

    /// Divides places.
    ///
    /// - Parameter flows: of one provider, that have requests waiting.
    /// - Returns: how many places each flow has; nothing for those that have none.
    mutating func divide(_ places: Int, among flows: [RequestFlow]) -> [RequestFlow: Int] {
        guard !flows.isEmpty else { return [:] }
        let waiting = Dictionary(grouping: flows, by: \.tenant)
        priorities = priorities.filter { waiting[$0.key] != nil }
        var shares: [RequestFlow: Int] = [:]
        for _ in 0..<places {
            guard let tenant = tenants.next(of: waiting.keys, stride: { _ in 1 }), let flows = waiting[tenant],
                let priority = priorities[tenant, default: Runner()].next(
                    of: flows.map(\.priority.rawValue), stride: Self.stride),
                let flow = flows.first(where: { $0.priority.rawValue == priority })
            else { break }
            shares[flow, default: 0] += 1
        }
        return shares
    }

    private static func stride(_ priority: Int) -> Int {
        4 / (RequestFlow.Priority(rawValue: priority) ?? .normal).weight
    }
}
