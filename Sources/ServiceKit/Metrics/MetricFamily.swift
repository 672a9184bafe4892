/// Values of one metric, told apart by their labels.
public protocol MetricFamily: Sendable {
    /// As Prometheus knows it.
    var name: String { get }
    /// The values in Prometheus's text format, after what the metric is and counts.
    var text: String { get }
}

/// What stands before and within the lines of a family.
struct MetricHeading: Sendable {
    let name: String
    let help: String
    let labels: [String]

    /// - Parameters:
    ///   - type: Prometheus's word for it.
    ///   - lines: made by ``line(_:suffix:besides:_:)``.
    func text(_ type: String, _ lines: some Sequence<String>) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" + lines.joined()
    }

    /// One value.
    ///
    /// - Parameters:
    ///   - suffix: of the name.
    ///   - besides: one more label and its value.
    func line(
        _ values: [String], suffix: String = "", besides label: (name: String, value: String)? = nil, _ number: String
    ) -> String {
        let pairs = Array(zip(labels, values)) + (label.map { [($0.name, $0.value)] } ?? [])
        let text = pairs.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        return text.isEmpty ? "\(name)\(suffix) \(number)\n" : "\(name)\(suffix){\(text)} \(number)\n"
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

/// Values by the values of their labels, up to ``CounterFamily/maximumSeries`` sets of them.
struct LabelledSeries<Value: Sendable>: Sendable {
    private var values: [[String]: Value] = [:]

    subscript(labels: [String]) -> Value? { values[labels] }

    /// In the order of their labels.
    var sorted: [(labels: [String], value: Value)] {
        values.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }

    /// Changes the value with these labels; one that there is no room for is kept together with all such.
    mutating func change(_ labels: [String], from initial: Value, _ body: (inout Value) -> Void) {
        let isKnown = values[labels] != nil || values.count < CounterFamily.maximumSeries
        body(&values[isKnown ? labels : labels.map { _ in CounterFamily.otherValue }, default: initial])
    }
}
