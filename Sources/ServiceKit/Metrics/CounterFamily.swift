import Synchronization

/// Counts that only grow, one for each set of label values.
public final class CounterFamily: Sendable {
    /// Sets of label values that are told apart; what comes beyond it is counted in one more, whose values are all ``otherValue``.
    public static let maximumSeries = 1000
    /// Stands for values that there was no room for.
    public static let otherValue = "other"

    /// As Prometheus knows it.
    public let name: String
    /// What is counted, in a sentence.
    public let help: String
    /// The names of the labels, in the order in which their values are given.
    public let labels: [String]
    private let counts = Mutex<[[String]: UInt64]>([:])

    /// - Parameter labels: that have few values each, known beforehand.
    public init(_ name: String, help: String, labels: [String]) {
        self.name = name
        self.help = help
        self.labels = labels
    }

    /// Adds to one of the counts.
    ///
    /// - Parameter values: one for each label.
    public func add(_ amount: UInt64 = 1, _ values: String...) {
        precondition(values.count == labels.count, "\(name) has \(labels.count) labels")
        counts.withLock { counts in
            let isKnown = counts[values] != nil || counts.count < Self.maximumSeries
            let series = isKnown ? values : values.map { _ in Self.otherValue }
            counts[series] = (counts[series] ?? 0) &+ amount
        }
    }

    /// How much was counted with these values.
    public subscript(values: String...) -> UInt64 { counts.withLock { $0[values] ?? 0 } }

    /// The counts in Prometheus's text format.
    var text: String {
        let lines = counts.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { values, count in
            let pairs = zip(labels, values).map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
            return pairs.isEmpty ? "\(name) \(count)\n" : "\(name){\(pairs)} \(count)\n"
        }
        return "# HELP \(name) \(help)\n# TYPE \(name) counter\n" + lines.joined()
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
