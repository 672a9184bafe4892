import CJCore

/// What an alignment would compare, told before anything is started.
struct AlignmentPlan: Sendable {
    let input: AlignInput
    /// Whether to tell what the judge would be sent for a pair, which need not be the one that is asked first.
    let showsPrompt: Bool

    private var total: Int { input.comparisons * input.repeats }

    /// The grades that anchors have, highest first, each with its anchors.
    private var inventory: [(grade: String, anchors: [String])] {
        input.settings.scale.grades.reversed().compactMap { grade in
            let anchors = input.anchors.filter { $0.grade == grade }.map(\.item.rawValue)
            return anchors.isEmpty ? nil : (grade, anchors)
        }
    }

    /// Grades of the scale that no anchor has, lowest first.
    private var gradesWithoutAnchor: [String] {
        input.settings.scale.grades.filter { grade in !input.anchors.contains { $0.grade == grade } }
    }

    private var prompt: Prompt? {
        let settings = input.settings
        let essays = input.folder.essays
        guard showsPrompt, essays.count > 1 else { return nil }
        return PromptTemplate(language: settings.language.rawValue, levels: settings.levels)?
            .prompt(question: settings.question, rubric: settings.rubric, first: essays[0].text, second: essays[1].text)
    }

    func text() -> String {
        var lines = ["\(count(input.anchors.count, "anchor")) with \(count(inventory.count, "grade")):"]
        lines += inventory.map { "  \($0.grade)  \($0.anchors.map(DisplayWidth.safe).joined(separator: ", "))" }
        if !gradesWithoutAnchor.isEmpty { lines.append("No anchor has \(gradesWithoutAnchor.joined(separator: ", ")).") }
        if !input.leftOut.isEmpty {
            lines.append("Left out: \(input.leftOut.map(DisplayWidth.safe).joined(separator: ", ")).")
        }
        lines.append("\(count(input.repeats, "repeat")) of \(count(input.comparisons, "comparison")): \(total) in all.")
        if let prompt {
            lines.append("\nOne pair as the judge would be asked (SHA-256 \(prompt.sha256)):")
            lines += prompt.blocks.map { "\n--- \($0.target.rawValue) ---\n\(Self.lines($0.text))" }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// A text of several lines as a terminal can show it.
    private static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { DisplayWidth.safe(String($0)) }.joined(
            separator: "\n")
    }

    var json: JSONValue {
        .object([
            .init(
                "anchors",
                .array(
                    input.anchors.map { .object([.init("id", .string($0.item.rawValue)), .init("grade", .string($0.grade))]) })),
            .init("grades", .array(input.settings.scale.grades.map(JSONValue.string))),
            .init("grades_without_anchor", .array(gradesWithoutAnchor.map(JSONValue.string))),
            .init("left_out", .array(input.leftOut.map(JSONValue.string))),
            .init("repeats", .integer(Int64(input.repeats))),
            .init("comparisons_per_repeat", .integer(Int64(input.comparisons))),
            .init(
                "prompt",
                prompt.map { prompt in
                    .object([
                        .init("sha256", .string(prompt.sha256)),
                        .init(
                            "blocks",
                            .array(
                                prompt.blocks.map {
                                    .object([.init("target", .string($0.target.rawValue)), .init("text", .string($0.text))])
                                })),
                    ])
                } ?? .null),
        ])
    }
}
