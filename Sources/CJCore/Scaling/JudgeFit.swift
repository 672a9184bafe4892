/// How well judgements agree with the scale that was made of them.
public struct JudgeFit: Sendable, Hashable {
    /// How many they are.
    public let judgements: Int
    /// Σ(x − p)² / Σp(1 − p): mean square of the residuals weighted by information; 1 is expected.
    public let infit: Double
    /// Mean of (x − p)² / p(1 − p), which surprises weigh heavily on; 1 is expected.
    public let outfit: Double
    /// Share of the judgements that were for the item shown first.
    public let firstShare: Double

    /// The fit of each judge to a scale that was made of the judgements of all.
    ///
    /// - Parameters:
    ///   - ability: of each item that occurs, in logits.
    ///   - positionBias: in logits, towards the first place.
    public static func byJudge(
        _ judgements: [Judgement], ability: (Item.ID) -> Double, positionBias: Double
    ) -> [Judge.ID: JudgeFit] {
        Dictionary(grouping: judgements, by: \.judge).compactMapValues { own in
            let items = own.flatMap { [$0.comparison.first, $0.comparison.second] }
            let table = ComparisonTable(items: items, judgements: own)
            let abilities = table.items.map(ability)
            return Residuals(table: table) { abilities[$0.first] - abilities[$0.second] + positionBias }.total
        }
    }
}
