import Wire

/// Tells where two values of JSON differ.
struct JSONDifference: Sendable {
    /// Lines for one pair of values; what more there is, is only counted.
    static let mostLines = 20

    private let ignored: Set<String>
    private let redaction: Redaction
    private let names: Set<String>

    /// - Parameters:
    ///   - ignored: fields that may differ: by their names, wherever they are, or by their paths without places, `items.ability`.
    ///   - redaction: of the texts that are told.
    ///   - names: texts that the contracts have, and that are told all the same.
    init(ignoring ignored: Set<String> = [], redaction: Redaction = Redaction(), names: Set<String> = []) {
        self.ignored = ignored
        self.redaction = redaction
        self.names = names
    }

    /// - Parameter path: where the values stand.
    func lines(_ expected: JSONValue, _ actual: JSONValue, at path: String) -> [String] {
        var lines: [String] = []
        compare(expected, actual, path, [], &lines)
        guard lines.count > Self.mostLines else { return lines }
        return Array(lines.prefix(Self.mostLines)) + ["and \(lines.count - Self.mostLines) more differences"]
    }

    private func compare(
        _ expected: JSONValue, _ actual: JSONValue, _ path: String, _ names: [String], _ lines: inout [String]
    ) {
        guard expected != actual else { return }
        switch (expected, actual) {
        case (.object(let one), .object(let other)):
            for name in Set(one.keys).union(other.keys).sorted() where !isIgnored(names + [name]) {
                let place = "\(path).\(name.echoed)"
                switch (one[name], other[name]) {
                case (let expected?, let actual?): compare(expected, actual, place, names + [name], &lines)
                case (let expected?, nil): lines.append("\(place): expected \(text(expected, [name])), is absent")
                case (nil, let actual?): lines.append("\(place): expected none, got \(text(actual, [name]))")
                case (nil, nil): break
                }
            }
        case (.array(let one), .array(let other)):
            for place in 0..<min(one.count, other.count) {
                compare(one[place], other[place], "\(path)[\(place)]", names, &lines)
            }
            if one.count != other.count { lines.append("\(path): expected \(one.count), got \(other.count)") }
        default: lines.append("\(path): expected \(text(expected, names)), got \(text(actual, names))")
        }
    }

    private func isIgnored(_ names: [String]) -> Bool {
        ignored.contains(names.last ?? "") || ignored.contains(names.joined(separator: "."))
    }

    /// A value as a line may tell it: long ones only by what they are.
    ///
    /// - Parameter path: names of fields, the last of which says whether its text may be shown.
    private func text(_ value: JSONValue, _ path: [String]) -> String {
        switch value {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .integer(let integer): "\(integer)"
        case .unsigned(let unsigned): "\(unsigned)"
        case .number(let number): "\(number)"
        case .text(let text):
            names.contains(text) || !redaction.hides(path.last ?? "")
                ? JSONText.quoted(text.echoed) : redaction.replacement(Array(text.utf8))
        case .array, .object: value.kind
        }
    }
}
