public import CoreMetrics
import Synchronization

/// Takes what libraries tell by swift-metrics, and tells Prometheus: counters as they are, recorders that do not aggregate as gauges, timers and
/// other recorders as histograms, timers in seconds.
///
/// All that have a name in common have the same dimensions, which are the metric's labels.
public final class MetricsRegistry: MetricsFactory {
    /// Of times, in seconds.
    public static let timeBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
    /// Of other values.
    public static let valueBounds: [Double] = [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

    private struct State {
        var counters: [String: CounterFamily] = [:]
        var gauges: [String: GaugeFamily] = [:]
        var histograms: [String: HistogramFamily] = [:]
    }

    private let descriptions: [String: String]
    private let state = Mutex(State())

    /// - Parameter descriptions: what each metric tells, in a sentence, by its name.
    public init(descriptions: [String: String] = [:]) {
        self.descriptions = descriptions
    }

    /// What has been told so far, by name.
    public var families: [any MetricFamily] {
        let families = state.withLock { state -> [any MetricFamily] in
            Array(state.counters.values) + Array(state.gauges.values) + Array(state.histograms.values)
        }
        return families.sorted { $0.name < $1.name }
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let family = state.withLock { state in
            let family = state.counters[label] ?? CounterFamily(label, help: help(label), labels: dimensions.map(\.0))
            state.counters[label] = family
            return family
        }
        return RegisteredCounter(family: family, labels: dimensions.map(\.1))
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let labels = dimensions.map(\.1)
        guard !aggregate else {
            return RegisteredRecorder(histogram(label, dimensions, Self.valueBounds), labels)
        }
        let family = state.withLock { state in
            let family = state.gauges[label] ?? GaugeFamily(label, help: help(label), labels: dimensions.map(\.0))
            state.gauges[label] = family
            return family
        }
        return RegisteredRecorder(family, labels)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        RegisteredTimer(family: histogram(label, dimensions, Self.timeBounds), labels: dimensions.map(\.1))
    }

    /// What has been counted stays told.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func histogram(_ label: String, _ dimensions: [(String, String)], _ bounds: [Double]) -> HistogramFamily {
        state.withLock { state in
            let family =
                state.histograms[label]
                ?? HistogramFamily(label, help: help(label), labels: dimensions.map(\.0), bounds: bounds)
            state.histograms[label] = family
            return family
        }
    }

    private func help(_ label: String) -> String { descriptions[label] ?? label }
}

private final class RegisteredCounter: CounterHandler {
    private let family: CounterFamily
    private let labels: [String]

    init(family: CounterFamily, labels: [String]) {
        self.family = family
        self.labels = labels
    }

    func increment(by amount: Int64) {
        family.add(UInt64(max(0, amount)), labels: labels)
    }

    /// Prometheus's counters only grow.
    func reset() {}
}

private final class RegisteredTimer: TimerHandler {
    private let family: HistogramFamily
    private let labels: [String]

    init(family: HistogramFamily, labels: [String]) {
        self.family = family
        self.labels = labels
    }

    func recordNanoseconds(_ nanoseconds: Int64) {
        family.observe(Double(nanoseconds) / 1e9, labels)
    }
}

private final class RegisteredRecorder: RecorderHandler {
    private let tell: @Sendable (Double) -> Void

    init(_ family: HistogramFamily, _ labels: [String]) {
        tell = { family.observe($0, labels) }
    }

    init(_ family: GaugeFamily, _ labels: [String]) {
        tell = { family.set($0, labels) }
    }

    func record(_ value: Int64) {
        tell(Double(value))
    }

    func record(_ value: Double) {
        tell(value)
    }
}
