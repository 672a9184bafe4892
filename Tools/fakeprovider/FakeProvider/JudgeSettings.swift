/// How the simulated judge decides.
///
/// With q the quality of an essay, the judge prefers the first with probability
/// σ(`discrimination`·(q₁ − q₂) + idiosyncrasy + `positionBias`), σ(x) = 1 / (1 + e⁻ˣ). The idiosyncrasy belongs to a pair of essays
/// and to the seed: it is drawn once from N(0, `idiosyncrasy`²) and changes its sign with the order in which the pair is shown, so
/// it is an error of judgement that asking again does not average out.
public struct JudgeSettings: Sendable, Equatable {
    /// Logits per unit of quality. The default suits qualities on a scale of about one to five.
    public var discrimination: Double
    /// Logits in favour of whatever is shown first; negative favours the second.
    public var positionBias: Double
    /// Standard deviation, in logits, of what the judge holds for or against a pair.
    public var idiosyncrasy: Double

    /// Creates settings; see the properties.
    public init(discrimination: Double = 2, positionBias: Double = 0.15, idiosyncrasy: Double = 0.4) {
        self.discrimination = discrimination
        self.positionBias = positionBias
        self.idiosyncrasy = idiosyncrasy
    }
}
