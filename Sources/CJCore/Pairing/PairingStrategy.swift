/// Chooses what the judge is asked next.
public protocol PairingStrategy: Sendable {
    /// How often one pair may be judged in all, in either order.
    var maximumJudgementsPerPair: Int { get }

    /// The next comparisons, at most `count` of them; fewer only when every pair has been used up.
    ///
    /// Everything in flight counts, so a strategy can be asked at any moment, for one comparison or for many. The same state
    /// and the same generator give the same comparisons.
    func nextComparisons(
        _ count: Int, state: PairingState, using generator: inout some RandomNumberGenerator
    ) -> [Comparison]
}
