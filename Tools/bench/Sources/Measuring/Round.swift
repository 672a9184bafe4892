/// What one round of a bench came to.
public struct Round: Sendable {
    /// Pieces of work a second.
    public let rate: Double
    /// What a piece of work took of the client.
    public let cost: ClientCost

    init(rate: Double, cost: ClientCost) {
        self.rate = rate
        self.cost = cost
    }

    /// Measures `count` pieces of work done by this process.
    public static func measure(_ count: Int, _ body: () async throws -> Void) async throws -> Round {
        let (begun, start) = (ClientCost.ofThisProcess(), ContinuousClock.now)
        try await body()
        let seconds = start.duration(to: .now) / .seconds(1)
        return Round(rate: Double(count) / seconds, cost: ClientCost.ofThisProcess().since(begun, per: count))
    }

    /// The same told of the parts of which each piece of work has `count`.
    public func perPart(of count: Int) -> Round {
        Round(rate: rate * Double(count), cost: cost.perPart(of: count))
    }
}
