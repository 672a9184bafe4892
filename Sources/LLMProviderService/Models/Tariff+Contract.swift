import Contracts

extension Tariff {
    /// As callers are told it.
    var contract: LLMV1.Prices {
        LLMV1.Prices(
            input: UInt64(input), output: UInt64(output), cacheRead: UInt64(cacheRead),
            cacheWriteFiveMinutes: UInt64(cacheWriteFiveMinutes), cacheWriteOneHour: UInt64(cacheWriteOneHour), asOf: "\(asOf)",
            batchPercent: UInt32(batchPercent ?? 0))
    }
}
