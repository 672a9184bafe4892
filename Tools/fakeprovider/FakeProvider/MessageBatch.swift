/// Requests to the Messages API that were handed in together, and what has become of them.
struct MessageBatch: Sendable {
    /// What became of one request.
    enum Outcome: String, Sendable, CaseIterable {
        case succeeded, errored, canceled, expired
    }

    struct Item: Sendable {
        let customID: String
        /// The body of a request to the Messages API, unchecked.
        let params: JSON
    }

    let id: String
    let workspace: String
    /// In nanoseconds since 1970, as all times here.
    let created: Int64
    let expires: Int64
    /// How long all of the items take, which are come to one after the other.
    let duration: Duration
    private(set) var cancelInitiated: Int64?
    private(set) var ended: Int64?
    /// Items that have not been come to, the next one last.
    private var waiting: [Item]
    private let itemCount: Int
    private(set) var counts: [Outcome: Int] = [:]
    /// One line each, in the order in which the items were come to, which is not that in which they were handed in.
    private(set) var results: [[UInt8]] = []

    init(id: String, workspace: String, items: [Item], created: Int64, settings: BatchSettings, draw: Draw) {
        self.id = id
        self.workspace = workspace
        self.created = created
        expires = created + settings.lifetime.nanoseconds
        duration = settings.duration
        waiting = items.map { (draw.uniform("batch", id, $0.customID), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
        itemCount = items.count
    }

    /// The next item whose time has come; it is to be given its result with ``finish(_:_:_:)``.
    mutating func next(at now: Int64) -> Item? {
        let horizon = min(now, cancelInitiated ?? .max, expires)
        guard ended == nil, !waiting.isEmpty, time(ofItem: itemCount - waiting.count) <= horizon else { return nil }
        return waiting.popLast()
    }

    mutating func finish(_ item: Item, _ outcome: Outcome, _ result: JSON) {
        counts[outcome, default: 0] += 1
        results.append((["custom_id": .string(item.customID), "result": result] as JSON).encoded + [UInt8(ascii: "\n")])
    }

    /// Ends the batch if all of it has been come to, or its time is over, or it was cancelled.
    mutating func close(at now: Int64) {
        guard ended == nil else { return }
        if waiting.isEmpty {
            ended = itemCount == 0 ? created : time(ofItem: itemCount - 1)
        } else if let cancelInitiated, cancelInitiated <= now {
            giveUp(.canceled, at: cancelInitiated)
        } else if expires <= now {
            giveUp(.expired, at: expires)
        }
    }

    mutating func cancel(at now: Int64) {
        guard ended == nil, cancelInitiated == nil else { return }
        cancelInitiated = now
    }

    private mutating func giveUp(_ outcome: Outcome, at time: Int64) {
        for item in waiting.reversed() { finish(item, outcome, ["type": .string(outcome.rawValue)]) }
        waiting = []
        ended = time
    }

    private func time(ofItem index: Int) -> Int64 {
        created + Int64((Double(duration.nanoseconds) * Double(index + 1) / Double(itemCount)).rounded(.down))
    }

    /// As the API tells it. What has become of the items is told once all of them have ended, and nothing before.
    ///
    /// - Parameter base: where the provider is reached, for the address of the results.
    func json(base: String) -> JSON {
        let status = ended != nil ? "ended" : cancelInitiated != nil ? "canceling" : "in_progress"
        let members = Outcome.allCases.map { outcome in
            JSON.Member(name: outcome.rawValue, value: JSON(ended == nil ? 0 : counts[outcome] ?? 0))
        }
        func time(_ instant: Int64?) -> JSON { JSON(instant.map(Timestamp.text)) }
        return [
            "id": .string(id), "type": "message_batch", "processing_status": .string(status),
            "request_counts": .object([JSON.Member(name: "processing", value: JSON(ended == nil ? itemCount : 0))] + members),
            "created_at": time(created), "expires_at": time(expires), "ended_at": time(ended), "archived_at": .null,
            "cancel_initiated_at": time(cancelInitiated),
            "results_url": ended == nil ? .null : .string("\(base)/v1/messages/batches/\(id)/results"),
        ]
    }
}
