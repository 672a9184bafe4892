import Logging

extension BatchWorker {
    /// How far before the call that handed a batch over the vendor's clock may see it created, in seconds: no two clocks are a day apart.
    private static let lookBack = 86_400.0

    /// Finds out whether the vendor has a batch whose handing over has no known end. It is handed over again only when each of the
    /// vendor's batches that could be it is known to be another: so nothing is paid twice, at the price of waiting where a batch like it is
    /// under way.
    func find(_ batch: Batch, _ calls: BatchCalls) async throws {
        do {
            switch try await whereabouts(of: batch, calls) {
            case .known(let id):
                logger.info("batch found", metadata: ["batch": "\(batch.id)", "vendor-id": "\(id)"])
                try await store.release(batch, as: .submitted, after: .zero, vendorID: id)
            case .undecided: try await leaveUnclear(batch, orEndAs: Self.notFoundOut)
            // The call may have been cut off on its way, and the vendor be at it still.
            case .nowhere where batch.sinceSent < settings.showingTime:
                try await store.release(batch, as: .sending, after: settings.pollInterval)
            case .nowhere:
                logger.info("the provider does not have the batch", metadata: ["batch": "\(batch.id)"])
                try await store.release(batch, as: .gathering, after: .zero)
            }
        } catch let lost as BatchLost {
            throw lost
        } catch {
            try await postpone(batch, error)
        }
    }

    /// What the vendor's list says about a batch whose name there is not known.
    enum Whereabouts: Sendable, Hashable {
        case known(String)
        /// One that may be it is under way, or has results that can't be read.
        case undecided
        case nowhere
    }

    /// Looks through the batches that the vendor shows to a key. Only those that are as large can be it.
    func whereabouts(of batch: Batch, _ calls: BatchCalls) async throws -> Whereabouts {
        let found = try await calls.batches(since: (batch.sentAt ?? 0) - Self.lookBack)
        let known = try await store.knownBatches(of: found.map(\.id))
        var mayBeIt = false
        for candidate in found where !known.contains(candidate.id) && candidate.requests ?? batch.requests == batch.requests {
            guard candidate.hasEnded else {
                mayBeIt = true
                continue
            }
            try await Task.sleep(for: settings.callSpacing)
            switch try await isResult(of: batch, candidate, calls) {
            case true?: return .known(candidate.id)
            case false?: break
            case nil: mayBeIt = true
            }
        }
        return mayBeIt ? .undecided : .nowhere
    }

    /// A line is read that says which request it is about; no more are needed.
    private struct ReadableLine: Error {
        let isOurs: Bool
    }

    /// Whether the results of one of the vendor's batches are a batch's; nil where they can't be had, or no line of them says so.
    private func isResult(of batch: Batch, _ candidate: VendorBatch, _ calls: BatchCalls) async throws -> Bool? {
        func look(at lines: [[UInt8]]) throws {
            guard let line = lines.lazy.compactMap({ BatchResultLine($0) }).first else { return }
            throw ReadableLine(isOurs: batch.job(ofCustomID: line.customID) != nil)
        }
        var splitter = LineSplitter(limit: configuration.maximumReplyBytes)
        do {
            try await calls.results(of: candidate.id) { try look(at: splitter.lines(in: $0)) }
            try look(at: splitter.last().map { [$0] } ?? [])
            logger.warning("no line of a batch's results can be read", metadata: ["vendor-id": "\(candidate.id)"])
            return nil
        } catch let line as ReadableLine {
            return line.isOurs
        } catch let fault as BatchCalls.Fault {
            logger.warning(
                "results of a batch can't be had", metadata: ["vendor-id": "\(candidate.id)", "reason": "\(fault)"])
            return nil
        }
    }

    // MARK: - At the vendor

    /// Looks at a batch that the vendor has, and settles its requests when it has ended.
    func follow(_ batch: Batch, _ calls: BatchCalls) async throws {
        guard let id = batch.vendorID else { return try await store.release(batch, as: .sending, after: .zero) }
        do {
            guard try await calls.look(at: id).hasEnded else {
                var isUnwanted = false
                if !batch.isCancelled { isUnwanted = try await store.isAllWithdrawn(batch) }
                if isUnwanted { try await calls.cancel(id) }
                return try await store.release(
                    batch, as: .submitted, after: settings.pollInterval, isCancelled: isUnwanted, sighting: .seen)
            }
            try await collect(batch, id, calls)
        } catch let fault as BatchCalls.Fault where fault.isUnknownBatch {
            guard let time = batch.missingFor, time >= settings.missingTime else {
                logger.warning(
                    "the provider says that it knows nothing of a batch",
                    metadata: ["batch": "\(batch.id)", "vendor-id": "\(id)"])
                return try await store.release(batch, as: .submitted, after: settings.pollInterval, sighting: .missing)
            }
            // Nobody will ever have its results.
            try await close(batch, because: "the provider knows the batch no more")
        } catch let lost as BatchLost {
            throw lost
        } catch {
            try await postpone(batch, error)
        }
    }

    /// Settles the requests of a batch that has ended, in whatever order its results come, some at a time; those that were settled by a
    /// process that was killed meanwhile are passed over.
    ///
    /// Where results say that the account takes nothing, one request ends to tell it, and the others wait with their account until that may
    /// be put right, as they do where requests go by themselves.
    private func collect(_ batch: Batch, _ id: String, _ calls: BatchCalls) async throws {
        var splitter = LineSplitter(limit: configuration.maximumReplyBytes + 4096)
        var lines: [Int64: BatchResultLine.Outcome] = [:]
        var bytes = 0
        var isTold = batch.isAccountRefused
        func settleLines() async throws {
            let (outcomes, day, pause) = (lines, batch.day, configuration.probeInterval)
            let refused = outcomes.filter { AnthropicDialect().reach(of: $0.value) != .request }.keys.sorted()
            let waiting = Set(isTold ? refused[...] : refused.dropFirst())
            try await settle(Array(outcomes.keys), of: batch, refusal: refused.isEmpty ? nil : pause) { [verdicts] item in
                outcomes[item.job].map {
                    verdicts.settlement(of: item, after: $0, on: day, standstill: waiting.contains(item.job) ? pause : nil)
                }
            }
            isTold = isTold || !refused.isEmpty
            (lines, bytes) = ([:], 0)
        }
        func take(_ line: [UInt8]) {
            guard let line = BatchResultLine(line), let job = batch.job(ofCustomID: line.customID) else {
                return logger.warning("a result is of no request of the batch", metadata: ["batch": "\(batch.id)"])
            }
            lines[job] = line.outcome
        }
        try await calls.results(of: id) { piece in
            for line in splitter.lines(in: piece) {
                take(line)
                bytes += line.count
                if lines.count >= Self.pageSize || bytes >= 1 << 20 { try await settleLines() }
            }
        }
        if let line = splitter.last() { take(line) }
        try await settleLines()
        if splitter.skipped > 0 {
            logger.warning("results are too long", metadata: ["batch": "\(batch.id)", "results": "\(splitter.skipped)"])
        }
        try await close(batch, because: "the results of the batch do not have the request")
    }

    /// Ends a batch; requests that are left in it have had an attempt that came to nothing.
    private func close(_ batch: Batch, because reason: String) async throws {
        let failure = AttemptFailure(kind: .unreadableReply, message: reason, remedy: .retry)
        let day = batch.day
        let left = try await settleAll(of: batch) { [verdicts] in
            verdicts.settlement(of: $0, after: .failure(failure), on: day)
        }
        try await store.release(batch, as: .closed, after: .zero)
        logger.info("batch settled", metadata: ["batch": "\(batch.id)", "without-result": "\(left)"])
    }

    /// Ends a batch of which nobody will know what became, and its requests with it: they may be paid for, so none is sent again.
    private func giveUp(_ batch: Batch, _ failure: AttemptFailure) async throws {
        let day = batch.day
        let count = try await settleAll(of: batch) { [verdicts] in
            verdicts.settlement(of: $0, after: .failure(failure), on: day)
        }
        try await store.release(batch, as: .closed, after: .zero)
        logger.error(
            "a batch was given up", metadata: ["batch": "\(batch.id)", "requests": "\(count)", "reason": "\(failure.message)"])
    }

    private func postpone(_ batch: Batch, _ error: any Error) async throws {
        logger.warning("batch not looked after", metadata: ["batch": "\(batch.id)", "reason": "\(error)"])
        try await leaveUnclear(batch, orEndAs: Self.notFoundOut)
    }

    /// Waits for the next look at a batch that the vendor may have, or gives it up when it has been unclear for too long what became of it.
    func leaveUnclear(_ batch: Batch, orEndAs failure: AttemptFailure) async throws {
        guard batch.isUnclear(for: settings.patience) else {
            return try await store.release(batch, as: batch.state, after: settings.pollInterval, sighting: .unclear)
        }
        try await giveUp(batch, failure)
    }

    private static let notFoundOut = AttemptFailure(
        kind: .unreachable,
        message:
            "the request went to the provider in a batch; what became of it could not be found out, and it may have been paid for",
        remedy: .none)
}
