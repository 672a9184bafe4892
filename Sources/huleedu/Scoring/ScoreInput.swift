import CJCore

/// Judgements to be scored, without the file that they came from.
struct ScoreInput: Sendable {
    /// As a person would name where they came from.
    let source: String
    let judgements: NamedJudgements
    /// Whether it is known which item of each judgement was shown first.
    let tellsPositions: Bool
    /// Share of the judgements that were for the item shown first; nothing where that is not known.
    let firstShare: Double?

    init(_ file: consuming JudgementFile) {
        source = file.name
        tellsPositions = file.tellsPositions
        firstShare = file.tellsPositions ? file.firstShare : nil
        judgements = file.judgements()
    }

    var itemCount: Int { judgements.items.count }
}
