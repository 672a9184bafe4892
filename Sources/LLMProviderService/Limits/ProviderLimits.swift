import Wire

/// What an account may use of a vendor, and how much of it at once.
public struct ProviderLimits: Sendable, Hashable {
    /// The vendor's name for the account's class, as in ``VendorTier``; nil where it is not known.
    public var tier: String?
    /// Per minute and pool of models; nil for what the tier allows, or for what the vendor's answers state.
    public var requestsPerMinute: Int?
    public var inputTokensPerMinute: Int?
    public var outputTokensPerMinute: Int?
    /// Lets limits stand that are above the tier's.
    public var mayExceedTier = false
    /// Requests with the vendor at once in one pool; nil for as many as the service has at once.
    public var concurrentRequests: Int?
    /// Least time between two requests.
    public var spacing: Duration = .zero

    public init() {}

    /// The numbers given, for every dimension.
    private var stated: PerDimension<Int64?> {
        PerDimension(
            requests: requestsPerMinute.map(Int64.init), inputTokens: inputTokensPerMinute.map(Int64.init),
            outputTokens: outputTokensPerMinute.map(Int64.init))
    }

    /// Refuses numbers above the tier, unless that is allowed by name.
    func check(_ provider: ProviderConfiguration) throws(ProviderConfiguration.Fault) {
        if let tier, provider.vendorTiers.allSatisfy({ $0.name != tier }) {
            let names = provider.vendorTiers.map(\.name).joined(separator: ", ")
            throw ProviderConfiguration.Fault(
                description: names.isEmpty
                    ? "\(provider.name) has no tiers" : "tier: expected one of \(names), got \(tier.echoed)")
        }
        for dimension in LimitDimension.allCases {
            guard let number = stated[dimension] else { continue }
            guard (1...Rate.largestLimit).contains(number) else {
                throw ProviderConfiguration.Fault(
                    description: "\(dimension.rawValue) per minute: expected 1 to \(Rate.largestLimit), got \(number)")
            }
            guard !mayExceedTier, let allowed = assumedTier(of: provider)?.most[dimension], number > allowed else { continue }
            throw ProviderConfiguration.Fault(
                description: """
                    \(dimension.rawValue) per minute: \(number) is more than the \(allowed) of tier \
                    \(assumedTier(of: provider)?.name ?? ""); name a higher tier or allow limits above it
                    """)
        }
    }

    /// Whether limits are known before the vendor has said anything.
    func areKnown(at provider: ProviderConfiguration) -> Bool {
        spacing > .zero || LimitDimension.allCases.contains { stated[$0] != nil || assumedTier(of: provider)?.most[$0] != nil }
    }

    /// Where a pool starts, before the vendor has said anything.
    func limits(of pool: String, at provider: ProviderConfiguration) -> PerDimension<Int64?> {
        let tier = assumedTier(of: provider)?.limits(of: pool)
        return stated.map { dimension, number in number ?? tier?[dimension] }
    }

    /// What the vendor's word raises no limit beyond: numbers that were given, then the tier that was named, then the highest tier.
    func ceilings(of pool: String, at provider: ProviderConfiguration) -> PerDimension<Int64?> {
        let highest = provider.isTheVendorItself ? provider.vendorTiers.last : nil
        let tier = (self.tier == nil ? highest : assumedTier(of: provider))?.limits(of: pool)
        return stated.map { dimension, number in number ?? tier?[dimension] }
    }

    /// The tier that was named; otherwise the vendor's lowest, and none where something else answers in the vendor's place.
    private func assumedTier(of provider: ProviderConfiguration) -> VendorTier? {
        guard let tier else { return provider.isTheVendorItself ? provider.vendorTiers.first : nil }
        return provider.vendorTiers.first { $0.name == tier }
    }
}
