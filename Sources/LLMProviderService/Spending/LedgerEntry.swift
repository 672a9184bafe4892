import Contracts

/// What is entered in the ledger when a request has ended.
struct LedgerEntry: Sendable, Hashable {
    let payer: Payer
    /// What had been set aside for it, in nano-dollars.
    private(set) var reserved: Int64
    let provider: String
    let model: String
    /// No language model stands behind the provider.
    let isSimulated: Bool
    /// The day on which the attempt began that ended it, or on which it was withdrawn or refused.
    let day: Day
    /// Attempts that were begun, whatever came of them: those that the vendor let wait too, and those whose worker died or that could not
    /// be sent.
    let calls: Int64
    let usage: TokenUsage
    /// Nil where the price is not known.
    let bill: Bill?
    /// It ended in a batch, at its price.
    let isByBatch: Bool

    /// - Parameter parsed: nil for a request that no longer passes; then its model is called what it was called there.
    init(
        _ claim: ClaimedRequest, parsed: SubmissionParser.Parsed?, day: Day, usage: TokenUsage, bill: Bill?,
        isByBatch: Bool = false
    ) {
        payer = claim.payer
        reserved = claim.reserved
        provider = claim.request.provider
        model = parsed?.call.model.id ?? claim.request.model
        isSimulated = parsed?.provider.isSimulated ?? claim.isSimulated
        self.day = day
        calls = claim.attempts + claim.waits
        self.usage = usage
        self.bill = bill
        self.isByBatch = isByBatch
    }

    /// The same where so much had been set aside.
    func reserving(_ nanodollars: Int64) -> LedgerEntry {
        var entry = self
        entry.reserved = nanodollars
        return entry
    }
}
