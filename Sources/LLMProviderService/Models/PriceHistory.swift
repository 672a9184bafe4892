/// The tariffs of a model, one after the other: a call costs what holds on the day on which it is made.
struct PriceHistory: Sendable, Hashable {
    private let first: Tariff
    private let later: [Tariff]

    /// - Parameter later: what changed since, in any order.
    init(_ first: Tariff, _ later: Tariff...) {
        self.first = first
        self.later = later.sorted { $0.asOf < $1.asOf }
        precondition(self.later.allSatisfy { first.asOf < $0.asOf }, "a later tariff is not later than the first")
    }

    /// The tariff on a day; the first one on days before it too, for nothing else is known of them.
    func tariff(on day: Day) -> Tariff {
        later.last { $0.asOf <= day } ?? first
    }

    /// The tariff on a day and all later ones.
    func tariffs(from day: Day) -> [Tariff] {
        [tariff(on: day)] + later.filter { $0.asOf > day }
    }

    func bill(for usage: TokenUsage, on day: Day, isByBatch: Bool = false) -> Bill {
        tariff(on: day).bill(for: usage, isByBatch: isByBatch)
    }
}
