import Wire

/// Tells where two values of JSON differ.
struct JSONComparison: Sendable {
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
    func differences(_ left: JSONValue, _ right: JSONValue, at path: String) -> Differences {
        var found = Differences()
        compare(left, right, path, [], &found)
        return found
    }

    /// Adds to differences that were found already.
    ///
    /// - Parameters:
    ///   - path: where the values stand.
    ///   - names: of the fields that lead there.
    func compare(
        _ left: JSONValue, _ right: JSONValue, _ path: String, _ names: [String], _ found: inout Differences
    ) {
        guard left != right else { return }
        switch (left, right) {
        case (.object(let one), .object(let other)):
            for name in Set(one.keys).union(other.keys).sorted() where !isIgnored(names + [name]) {
                let place = "\(path).\(name.echoed)"
                if let left = one[name], let right = other[name] {
                    compare(left, right, place, names + [name], &found)
                } else {
                    found.append(
                        Difference(
                            path: place, left: one[name].map { shown($0, name) }, right: other[name].map { shown($0, name) }))
                }
            }
        case (.array(let one), .array(let other)):
            for place in 0..<min(one.count, other.count) {
                compare(one[place], other[place], "\(path)[\(place)]", names, &found)
            }
            if one.count != other.count {
                found.append(Difference(path: path, left: .count(one.count), right: .count(other.count)))
            }
        default:
            found.append(
                Difference(path: path, left: shown(left, names.last ?? ""), right: shown(right, names.last ?? "")))
        }
    }

    private func isIgnored(_ names: [String]) -> Bool {
        ignored.contains(names.last ?? "") || ignored.contains(names.joined(separator: "."))
    }

    /// - Parameter name: of the field, which says whether its text may be shown.
    func shown(_ value: JSONValue, _ name: String) -> Difference.Value {
        switch value {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .integer(let integer): .integer(integer)
        case .unsigned(let unsigned): .unsigned(unsigned)
        case .number(let number): .number(number)
        case .text(let text):
            names.contains(text) || !redaction.hides(name)
                ? .text(text.echoed) : .hidden(redaction.replacement(Array(text.utf8)[...]))
        case .array, .object: .word(value.kind)
        }
    }
}
