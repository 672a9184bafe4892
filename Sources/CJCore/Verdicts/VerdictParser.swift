/// Reads the input of the verdict tool as a model wrote it.
///
/// Nothing is guessed: a reply is a verdict only when it is one JSON object with exactly the fields that were asked for, each of the
/// right kind and within its range. A winner is never assumed.
public enum VerdictParser {
    /// Reads a reply to a question with so many levels, or says what is wrong with it.
    public static func parse(_ json: [UInt8], levels: VerdictLevels = .four) throws(VerdictError) -> Verdict {
        guard case .object(let members) = try JSONReader.read(json) else {
            throw VerdictError(.notAnObject, "the reply is not a JSON object")
        }
        let known = Field.allCases.filter { $0 != .margin || levels == .four }.map(\.rawValue)
        if let stranger = members.first(where: { !known.contains($0.key) }) {
            throw VerdictError(.unknownField, field: stranger.key, "the reply has a field that verdicts do not have")
        }
        let outcome = try outcome(in: try value(of: .winner, in: members))
        return Verdict(
            outcome: outcome,
            margin: levels == .four ? try margin(in: try value(of: .margin, in: members), outcome: outcome) : nil,
            rationale: try rationale(in: try value(of: .rationale, in: members)),
            confidence: try confidence(in: try value(of: .confidence, in: members)))
    }

    private enum Field: String, CaseIterable {
        case rationale, winner, margin, confidence
    }

    private static func value(of field: Field, in members: [JSONValue.Member]) throws(VerdictError) -> JSONValue {
        guard let member = members.first(where: { $0.key == field.rawValue }) else {
            throw VerdictError(.missingField, field: field.rawValue, "\(field) is missing")
        }
        return member.value
    }

    private static func outcome(in value: JSONValue) throws(VerdictError) -> Outcome {
        guard case .string(let name) = value else { throw wrongType(.winner, "text") }
        switch name {
        case "first": return .first
        case "second": return .second
        case "undecided": return .tie
        default:
            throw VerdictError(
                .outOfRange, field: Field.winner.rawValue, "winner is none of \"first\", \"second\" and \"undecided\"")
        }
    }

    private static func margin(in value: JSONValue, outcome: Outcome) throws(VerdictError) -> Margin? {
        guard case .string(let name) = value else { throw wrongType(.margin, "text") }
        let margin: Margin?
        switch name {
        case "slight": margin = .slight
        case "clear": margin = .clear
        case "none": margin = nil
        default:
            throw VerdictError(
                .outOfRange, field: Field.margin.rawValue, "margin is none of \"none\", \"slight\" and \"clear\"")
        }
        guard (margin == nil) == (outcome == .tie) else {
            throw VerdictError(
                .contradiction, field: Field.margin.rawValue,
                outcome == .tie ? "an undecided verdict has a margin" : "a decided verdict has no margin")
        }
        return margin
    }

    private static func rationale(in value: JSONValue) throws(VerdictError) -> String {
        guard case .string(let text) = value else { throw wrongType(.rationale, "text") }
        let limit = Verdict.maximumRationaleLength
        guard text.unicodeScalars.count <= limit else {
            throw VerdictError(
                .outOfRange, field: Field.rationale.rawValue, "rationale is longer than \(limit) characters")
        }
        return text
    }

    private static func confidence(in value: JSONValue) throws(VerdictError) -> Int {
        guard case .number(let text) = value, let number = Int(text) else {
            throw wrongType(.confidence, "a whole number")
        }
        guard Verdict.confidences.contains(number) else {
            throw VerdictError(.outOfRange, field: Field.confidence.rawValue, "confidence is not between 1 and 5")
        }
        return number
    }

    private static func wrongType(_ field: Field, _ expected: StaticString) -> VerdictError {
        VerdictError(.wrongType, field: field.rawValue, "\(field) is not \(expected)")
    }
}
