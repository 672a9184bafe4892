import Synchronization

/// How often values lay within bounds, one distribution for each set of label values.
public final class HistogramFamily: MetricFamily {
    private struct Distribution {
        /// Of the values up to each bound and above the one before it; the last is of those above all bounds.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let heading: MetricHeading
    private let bounds: [Double]
    private let distributions = Mutex(LabelledSeries<Distribution>())

    /// - Parameters:
    ///   - help: what is told, in a sentence.
    ///   - labels: that have few values each, known beforehand, in the order in which their values are given.
    ///   - bounds: rising; a value that is one of them lies within it.
    public init(_ name: String, help: String, labels: [String], bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds rise")
        heading = MetricHeading(name: name, help: help, labels: labels)
        self.bounds = bounds
    }

    public var name: String { heading.name }

    /// - Parameter values: one for each label.
    public func observe(_ value: Double, _ values: String...) {
        observe(value, values)
    }

    /// Observes a time, in seconds.
    public func observe(_ time: Duration, _ values: String...) {
        observe(time / .seconds(1), values)
    }

    func observe(_ value: Double, _ values: [String]) {
        precondition(values.count == heading.labels.count, "\(name) has \(heading.labels.count) labels")
        let place = bounds.firstIndex { value <= $0 } ?? bounds.endIndex
        distributions.withLock {
            $0.change(values, from: Distribution(counts: Array(repeating: 0, count: bounds.count + 1))) {
                $0.counts[place] &+= 1
                $0.sum += value
            }
        }
    }

    /// How many values were observed with these labels.
    public subscript(labels: String...) -> UInt64 { distributions.withLock { $0[labels]?.counts.reduce(0, &+) ?? 0 } }

    public var text: String {
        heading.text("histogram", distributions.withLock { $0.sorted }.flatMap { lines($0.value, $0.labels) })
    }

    private func lines(_ distribution: Distribution, _ labels: [String]) -> [String] {
        var count: UInt64 = 0
        var lines = zip(bounds.map { "\($0)" } + ["+Inf"], distribution.counts).map { bound, own in
            count &+= own
            return heading.line(labels, suffix: "_bucket", besides: ("le", bound), "\(count)")
        }
        lines.append(heading.line(labels, suffix: "_sum", "\(distribution.sum)"))
        lines.append(heading.line(labels, suffix: "_count", "\(count)"))
        return lines
    }
}
