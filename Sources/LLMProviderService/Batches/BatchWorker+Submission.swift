import Logging
import Postgres
import Wire

/// Batches are handed over.
extension BatchWorker {
    /// Hands a batch over, without the requests that are not to be sent any more.
    func submit(_ batch: Batch, _ calls: BatchCalls) async throws {
        let (body, count) = try await body(of: batch)
        guard count > 0 else { return try await store.release(batch, as: .closed, after: .zero) }
        if let failure = calls.refusal(of: body) {
            logger.warning("batch too large", metadata: ["batch": "\(batch.id)", "reason": "\(failure.message)"])
            return try await take(back: batch, of: count, after: failure)
        }
        let end = ContinuousClock.now + settings.showingTime
        try await store.beginSending(batch, requests: count, patience: settings.showingTime)
        switch await calls.create(body) {
        case .accepted(let vendor):
            try await record(vendor.id, of: batch, until: end)
            logger.info(
                "batch handed over", metadata: ["batch": "\(batch.id)", "requests": "\(count)", "vendor-id": "\(vendor.id)"])
        case .refused(let failure):
            logger.warning("batch refused", metadata: ["batch": "\(batch.id)", "reason": "\(failure.message)"])
            try await take(back: batch, of: count, after: failure)
        case .unknown(let reason):
            logger.warning(
                "the provider may have a batch or not; it is looked for before it is handed over again",
                metadata: ["batch": "\(batch.id)", "reason": "\(reason)"])
            try await store.release(batch, as: .sending, after: settings.pollInterval)
        }
    }

    /// Puts the vendor's name for a batch on record, if need be again and again while the database can't take it and nobody else looks at
    /// the batch. Where it never can, the batch is found by its mark, see ``find(_:_:)``.
    private func record(_ id: String, of batch: Batch, until end: ContinuousClock.Instant) async throws {
        var pause: Duration = .milliseconds(100)
        while true {
            do {
                return try await store.release(batch, as: .submitted, after: settings.pollInterval, vendorID: id)
            } catch let error as PostgresError where error.code != .poolClosed && ContinuousClock.now + pause < end {
                logger.error(
                    "the provider's name for a batch not stored",
                    metadata: ["batch": "\(batch.id)", "vendor-id": "\(id)", "reason": "\(error)"])
            }
            try await Task.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(pause * 2, .seconds(5))
        }
    }

    /// Does what follows a refusal: what may pass later waits; what somebody has to put right is told by the end of one request, as it is
    /// where requests go by themselves, and found out anew now and then. A batch that is refused as it is, here for its size, or by the vendor for
    /// that or for something in it, is handed over by halves, until the request stands alone that is at fault.
    private func take(back batch: Batch, of requests: Int, after failure: AttemptFailure) async throws {
        let decide: @Sendable (BatchItem) -> BatchSettlement = { [verdicts] in
            verdicts.settlement(of: $0, after: .failure(failure), on: .today)
        }
        switch (failure.remedy, failure.reach) {
        case (.wait(let pause), _): try await store.release(batch, as: .gathering, after: pause)
        case (.retry, _): try await store.release(batch, as: .gathering, after: settings.pollInterval)
        case (.none, .request) where requests > 1: try await store.halve(batch)
        case (.none, .request):
            try await settleAll(of: batch, decide: decide)
            try await store.release(batch, as: .closed, after: .zero)
        case (.none, .lane), (.none, .account):
            let first = try await store.page(of: batch, after: 0, limit: 1)
            // Who takes the batch up where this process dies knows of the refusal with the end that tells of it.
            try await settle(first.items.map(\.job), of: batch, refusal: configuration.probeInterval, decide: decide)
            try await store.release(batch, as: .gathering, after: configuration.probeInterval)
        }
    }

    /// The call that hands a batch over, and how many requests are in it.
    private func body(of batch: Batch) async throws -> (bytes: [UInt8], requests: Int) {
        var (bytes, count, last) = (AnthropicDialect.batchOpening, 0, Int64(0))
        while true {
            let page = try await store.page(of: batch, after: last, limit: Self.pageSize)
            guard let end = page.last else { break }
            last = end
            let gone = try await settle(page.items.map(\.job), of: batch, decide: verdicts.ending)
            for item in page.items where !gone.contains(item.job) {
                do {
                    let call = try verdicts.parser.parse(item.claim.request).call
                    if count > 0 { bytes.append(UInt8(ascii: ",")) }
                    bytes += AnthropicDialect().batchItem(call, customID: batch.customID(ofJob: item.job))
                    count += 1
                } catch {
                    let message = error.message
                    try await settle([item.job], of: batch) { [verdicts] in verdicts.refusal(of: $0, message) }
                }
            }
        }
        bytes += AnthropicDialect.batchClosing
        return (bytes, count)
    }
}
