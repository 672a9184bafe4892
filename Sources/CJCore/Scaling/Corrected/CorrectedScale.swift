/// Places of items by ``CorrectedLikelihood``.
public struct CorrectedScale: Sendable {
    /// In ascending order of their names.
    public let items: [Item.ID]
    /// In the order of ``items``; abilities in logits, standard errors without the other items' uncertainty.
    public let estimates: [ItemEstimate]
    /// Judgements that the scale rests on.
    public let judgementCount: Int
    /// 1 − E/V, with V the variance (n − 1) of the abilities and E the mean of the squared standard errors; below zero where the
    /// error is the larger.
    public let scaleSeparationReliability: Double
    /// √(V/E): the spread of the abilities in units of the error.
    public let separationRatio: Double
    /// How many levels the scale tells apart; see ``Strata``.
    public var strata: Double { Strata.count(separationRatio: separationRatio) }
    /// Misfit of the judgements as a whole; nothing where there are none.
    public let judgeFit: JudgeFit?
    /// Each judge of the judgements, by name.
    public let judges: [JudgeEstimate]
    /// Groups of items between which nothing has been judged; the distance between groups is unknown.
    public let componentCount: Int

    private let index: [Item.ID: Int]

    init(named: NamedJudgements, table: ComparisonTable, abilities: [Double], information: [Double]) {
        let residuals = Residuals(table: table) { CorrectedLikelihood.expectedScore(of: $0, abilities: abilities) }
        let ranks = ItemEstimate.ranks(of: abilities)
        items = named.items
        index = named.index
        judges = zip(named.judges, residuals.byJudge).compactMap { id, fit in
            fit.map {
                JudgeEstimate(id: id, fit: $0, positionBias: 0, positionBiasStandardError: 0, discrimination: 1)
            }
        }
        estimates = abilities.indices.map { item in
            residuals.estimate(of: item, ability: abilities[item], variance: 1 / information[item], rank: ranks[item])
        }
        judgementCount = table.judgementCount
        judgeFit = residuals.total
        componentCount = table.groups.count
        guard abilities.count > 1 else {
            (scaleSeparationReliability, separationRatio) = (0, 0)
            return
        }
        let mean = abilities.reduce(0, +) / Double(abilities.count)
        let variance = abilities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(abilities.count - 1)
        let error = information.reduce(0) { $0 + 1 / $1 } / Double(abilities.count)
        scaleSeparationReliability = variance > 0 ? 1 - error / variance : 0
        separationRatio = (variance / error).squareRoot()
    }

    /// What is known of an item; nothing for one that is not on the scale.
    public func estimate(of item: Item.ID) -> ItemEstimate? { index[item].map { estimates[$0] } }
}
