/// Changes that may be, though a rule says otherwise, each with a reason.
///
/// A line names the rule, what changed, and why that is no harm; `#` begins a remark:
///
///     FIELD_SAME_NAME  huleedu.cj.v1.Essay.2  no caller used it in JSON
package struct AllowedBreaks: Sendable, Hashable {
    package struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// The first line is 1.
        package let line: Int
        package let expectation: String

        package var description: String { "line \(line): \(expectation)" }
    }

    struct Entry: Sendable, Hashable {
        let line: Int
        let rule: BreakingRule
        let subject: String
    }

    private let entries: [Entry]

    /// Allows nothing.
    package init() {
        entries = []
    }

    package init(_ text: String) throws(Fault) {
        var entries: [Entry] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.prefix { $0 != "#" }.split(maxSplits: 2, whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            guard let rule = BreakingRule(rawValue: String(first)) else {
                throw Fault(line: index + 1, expectation: "expected a rule, as FIELD_SAME_NAME")
            }
            guard words.count == 3 else {
                throw Fault(line: index + 1, expectation: "expected a rule, what changed, and a reason")
            }
            entries.append(Entry(line: index + 1, rule: rule, subject: String(words[1])))
        }
        self.entries = entries
    }

    /// The changes that are left, and the lines that allow what did not happen.
    package func rest(of changes: [BreakingChange]) -> (changes: [BreakingChange], idleLines: [Int]) {
        let left = changes.filter { change in !entries.contains { $0.rule == change.rule && $0.subject == change.subject } }
        let idle = entries.filter { entry in !changes.contains { $0.rule == entry.rule && $0.subject == entry.subject } }
        return (left, idle.map(\.line))
    }
}
