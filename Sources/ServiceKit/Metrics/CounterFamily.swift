import Synchronization

/// Counts that only grow, one for each set of label values.
public final class CounterFamily: MetricFamily {
    /// Sets of label values that are told apart; what comes beyond it is counted in one more, whose values are all ``otherValue``.
    public static let maximumSeries = 1000
    /// Stands for values that there was no room for.
    public static let otherValue = "other"

    private let heading: MetricHeading
    private let decimals: Int
    private let counts = Mutex(LabelledSeries<UInt64>())

    /// - Parameters:
    ///   - help: what is counted, in a sentence.
    ///   - labels: that have few values each, known beforehand, in the order in which their values are given.
    ///   - decimals: of what is counted; nine for nano-dollars that are told as dollars.
    public init(_ name: String, help: String, labels: [String], decimals: Int = 0) {
        heading = MetricHeading(name: name, help: help, labels: labels)
        self.decimals = decimals
    }

    public var name: String { heading.name }

    /// Adds to one of the counts; adding nothing makes it known, so that its first increase is seen as one.
    ///
    /// - Parameter values: one for each label.
    public func add(_ amount: UInt64 = 1, _ values: String...) {
        add(amount, labels: values)
    }

    func add(_ amount: UInt64, labels values: [String]) {
        precondition(values.count == heading.labels.count, "\(name) has \(heading.labels.count) labels")
        counts.withLock { $0.change(values, from: 0) { $0 &+= amount } }
    }

    /// How much was counted with these values.
    public subscript(values: String...) -> UInt64 { counts.withLock { $0[values] ?? 0 } }

    public var text: String {
        let lines = counts.withLock { $0.sorted }.map { heading.line($0.labels, number($0.value)) }
        return heading.text("counter", lines)
    }

    private func number(_ count: UInt64) -> String {
        guard decimals > 0 else { return "\(count)" }
        let digits = "\(count)"
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return "\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }
}
