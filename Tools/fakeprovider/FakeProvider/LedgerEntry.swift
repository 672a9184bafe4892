/// One call as the provider saw it, or one request of a batch.
public struct LedgerEntry: Sendable, Equatable {
    /// Counts calls from one, in order of arrival.
    public let sequence: UInt64
    /// When it had arrived completely, in nanoseconds since 1970.
    public let received: Int64
    /// The path of the request, without query.
    public let path: String
    /// The model that was asked for; nil when the request did not get so far.
    public let model: String?
    /// SHA-256 of everything that the model reads; nil when the request did not get so far.
    public let promptSHA256: String?
    /// The status that was sent; zero when the connection ended instead, reset here or given up by the caller.
    public internal(set) var status: Int
    /// `first` or `second` when the answer holds a verdict.
    public let verdict: String?
    /// What went wrong on purpose; nil when nothing did.
    public let fault: String?
    /// The header of this name that came with it; nil when none did.
    public let traceparent: String?
    /// The batch that it came in; nil for one that came by itself.
    public var batch: String?
    /// True once the last byte of a complete answer has been handed to the operating system; never for a request of a batch.
    public internal(set) var isWritten: Bool

    /// What each of its tokens costs, in hundredths of the ordinary price.
    public var costPercent: Int { batch == nil ? 100 : BatchSettings.costPercent }

    var json: JSON {
        [
            "sequence": JSON(sequence), "received": .string(Timestamp.text(received)),
            "received_nanoseconds": JSON(Int(received)), "path": .string(path),
            "model": JSON(model), "prompt_sha256": JSON(promptSHA256), "status": JSON(status), "verdict": JSON(verdict),
            "fault": JSON(fault), "traceparent": JSON(traceparent), "batch": JSON(batch), "cost_percent": JSON(costPercent),
            "written": .bool(isWritten),
        ]
    }
}

/// The calls that are remembered, up to a limit.
struct Ledger: Sendable {
    let capacity: Int
    private(set) var entries: [LedgerEntry] = []
    /// Older calls that are no longer in `entries`.
    private(set) var forgotten = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func append(_ entry: LedgerEntry) {
        // A tenth goes at once, so that forgetting stays cheap.
        if entries.count >= capacity {
            let count = max(1, capacity / 10)
            entries.removeFirst(count)
            forgotten += count
        }
        entries.append(entry)
    }

    mutating func markWritten(_ sequence: UInt64) {
        // Entries are in order of arrival almost always, and a call that has just been answered is near the end.
        guard let index = entries.lastIndex(where: { $0.sequence == sequence }) else { return }
        entries[index].isWritten = true
    }

    /// A call whose caller did not wait for the answer; nil where it is forgotten.
    mutating func markAbandoned(_ sequence: UInt64) -> LedgerEntry? {
        guard let index = entries.lastIndex(where: { $0.sequence == sequence }) else { return nil }
        entries[index].status = 0
        return entries[index]
    }

    mutating func removeAll() {
        entries = []
        forgotten = 0
    }
}
