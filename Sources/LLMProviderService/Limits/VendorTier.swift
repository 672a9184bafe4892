/// What a vendor allows accounts of one class, per minute and pool of models.
public struct VendorTier: Sendable, Hashable {
    public let name: String
    /// For the models whose pool begins so; the empty one is for all others.
    let limits: [String: PerDimension<Int64?>]

    private init(_ name: String, fable: (Int64, Int64, Int64), others: (Int64, Int64, Int64)) {
        self.name = name
        func limits(_ numbers: (Int64, Int64, Int64)) -> PerDimension<Int64?> {
            PerDimension(requests: numbers.0, inputTokens: numbers.1, outputTokens: numbers.2)
        }
        self.limits = ["claude-fable": limits(fable), "": limits(others)]
    }

    func limits(of pool: String) -> PerDimension<Int64?> {
        let prefix = limits.keys.filter { pool.hasPrefix($0) }.max { $0.count < $1.count }
        return prefix.flatMap { limits[$0] } ?? PerDimension(all: nil)
    }

    /// The most that any pool is allowed.
    var most: PerDimension<Int64?> {
        PerDimension<Int64?>(all: nil).map { dimension, _ in limits.values.compactMap { $0[dimension] }.max() }
    }

    /// The day on which the vendor's page was read.
    public static let asOf = "2026-10-01"

    /// Anthropic's, the lowest first; requests, input tokens that do not come from the cache, and output tokens. Evaluation accounts have
    /// less than "start"; how much less their answers state.
    public static let anthropic = [
        VendorTier("start", fable: (1000, 500_000, 100_000), others: (1000, 2_000_000, 400_000)),
        VendorTier("build", fable: (2000, 1_500_000, 300_000), others: (5000, 5_000_000, 1_000_000)),
        VendorTier("scale", fable: (4000, 4_000_000, 800_000), others: (10_000, 10_000_000, 2_000_000)),
    ]
}

extension ProviderConfiguration {
    /// The tiers of its vendor, the lowest first; none where the vendor publishes none, or is simulated.
    var vendorTiers: [VendorTier] {
        dialect == .anthropicMessages && !isSimulated ? VendorTier.anthropic : []
    }

    /// Whether the vendor's own machines answer, and no gateway.
    var isTheVendorItself: Bool { baseURL == Self.anthropicURL }
}
