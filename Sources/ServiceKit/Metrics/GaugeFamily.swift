import Synchronization

/// Values that rise and fall, all of them told as they stood when they were last looked at together.
public final class GaugeFamily: MetricFamily {
    private let heading: MetricHeading
    private let values = Mutex(LabelledSeries<Double>())

    /// - Parameters:
    ///   - help: what is told, in a sentence.
    ///   - labels: that have few values each, known beforehand, in the order in which their values are given.
    public init(_ name: String, help: String, labels: [String]) {
        heading = MetricHeading(name: name, help: help, labels: labels)
    }

    public var name: String { heading.name }

    /// Replaces all values: what is not among these is told no more. Of those that there is no room for the largest is told.
    public func replace(_ values: [[String]: Double]) {
        var series = LabelledSeries<Double>()
        for (labels, value) in values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            precondition(labels.count == heading.labels.count, "\(name) has \(heading.labels.count) labels")
            series.change(labels, from: value) { $0 = max($0, value) }
        }
        self.values.withLock { $0 = series }
    }

    /// Changes one value; of those that there is no room for the last is told.
    func set(_ value: Double, _ labels: [String]) {
        precondition(labels.count == heading.labels.count, "\(name) has \(heading.labels.count) labels")
        values.withLock { $0.change(labels, from: value) { $0 = value } }
    }

    /// The value with these labels; nil where there is none.
    public subscript(labels: String...) -> Double? { values.withLock { $0[labels] } }

    public var text: String {
        heading.text("gauge", values.withLock { $0.sorted }.map { heading.line($0.labels, "\($0.value)") })
    }
}
