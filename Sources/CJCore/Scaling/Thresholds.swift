/// Where a judge's perception of a difference turns from one answer into the next, in logits.
public struct Thresholds: Sendable, Hashable {
    /// A threshold with the standard deviation of its posterior.
    public struct Estimate: Sendable, Hashable {
        public let logits: Double
        public let standardError: Double
    }

    /// Perceived difference from which an item is clearly the better one; nothing where no answer had a margin.
    public let clear: Estimate?
    /// Perceived difference up to which there is a tie; nothing where there were no ties or they are read by Davidson's model.
    public let tie: Estimate?
    /// Davidson's ln ν: of two items of the same ability without position bias, a tie is to a win of either as ν to 1. Nothing where
    /// that model was not used.
    public let davidsonLogNu: Estimate?

    init(posterior: Posterior, mode: [Double], error: (Int) -> Double) {
        let (table, layout) = (posterior.table, posterior.layout)
        func estimate(at place: Int) -> Estimate { Estimate(logits: mode[place], standardError: error(place)) }
        clear = table.hasMargins ? estimate(at: layout.clear) : nil
        let isDavidson = posterior.settings.model == .davidson
        tie = table.hasTies && !isDavidson ? estimate(at: layout.tie) : nil
        davidsonLogNu = table.hasTies && isDavidson ? estimate(at: layout.tie) : nil
    }
}
