import Logging

/// Batches of former keys, and of providers that are no longer configured.
extension BatchWorker {
    /// Does what can be done with a batch whose key is not known: what was not handed over goes back to the queue, and what was is
    /// looked for with the provider's present key, which may be another one of the same account. Nothing of it is ever handed over again;
    /// when it is asked after in vain for too long, its requests end.
    ///
    /// - Parameter provider: with its present key; nil where it is no longer configured.
    func lookAfter(stray batch: Batch, with provider: ProviderConfiguration?) async throws {
        guard batch.state != .gathering else {
            logger.warning("a batch of a former key goes back to the queue", metadata: ["batch": "\(batch.id)"])
            try await settleAll(of: batch) { [verdicts] in verdicts.ending(of: $0) ?? .untouched($0) }
            return try await store.release(batch, as: .closed, after: .zero)
        }
        if let provider, let id = await nameOfStray(batch, calls(to: provider)) {
            logger.info("a batch of a former key is followed with the present one", metadata: ["batch": "\(batch.id)"])
            return try await store.adopt(batch, as: id, by: provider)
        }
        logger.warning(
            "a batch was begun with a key that is no longer configured; until it is given up it is not lost if that is brought back",
            metadata: [
                "batch": "\(batch.id)", "provider": "\(batch.provider)", "vendor-id": "\(batch.vendorID ?? "unknown")",
            ])
        try await leaveUnclear(
            batch,
            orEndAs: AttemptFailure(
                kind: .authentication,
                message: """
                    the request went to the provider in a batch that was begun with a key that is no longer configured; what became of \
                    it could not be asked for, and it may have been paid for
                    """))
    }

    /// The vendor's name of a batch, if it shows it to the key.
    private func nameOfStray(_ batch: Batch, _ calls: BatchCalls) async -> String? {
        do {
            if let id = batch.vendorID { return try await calls.look(at: id).id }
            guard case .known(let id) = try await whereabouts(of: batch, calls) else { return nil }
            return id
        } catch {
            logger.info(
                "a batch of a former key is not shown to the present one",
                metadata: ["batch": "\(batch.id)", "reason": "\(error)"])
            return nil
        }
    }
}
