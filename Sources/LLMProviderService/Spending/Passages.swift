import Logging
import Postgres
import Synchronization

/// Pays for requests that are passed on: money is set aside before the call where a budget holds, and what the call cost is entered in the ledger
/// together with others a moment after its end.
///
/// Until it is entered a row of the process tells of it, which is there before anything is sent: nothing that a crash takes is lost unseen.
final class Passages: Sendable {
    /// What is to be settled when a request has been passed on.
    struct Hold: Sendable {
        /// The passage that money is set aside under; nil where no budget holds.
        let id: String?
    }

    /// How long a process is taken to live without a sign of life.
    static let deathAge: Duration = .seconds(60)
    static let renewalInterval: Duration = .seconds(10)
    /// How long it is relied on that no budget holds for a payer.
    static let budgetAge: Duration = .seconds(1)
    /// Payers that this is remembered of; with more of them all are forgotten.
    private static let mostPayers = 1000
    /// Ends that wait to be entered; with more of them nothing is passed on.
    static let mostUnentered = 10_000
    /// Ends entered in one transaction.
    private static let mostTogether = 1000
    /// Between the last looks for something to enter, while the database takes it and while it does not.
    private static let lastPauses = (taken: Duration.milliseconds(20), failed: Duration.seconds(1))

    /// What is entered in one transaction, or not at all.
    private struct Batch {
        let id: String
        let entries: [(entry: LedgerEntry, passage: String?)]
        let ended: [String]
    }

    private struct State {
        var passing = 0
        var entries: [(entry: LedgerEntry, passage: String?)] = []
        var ended: [String] = []
        /// A batch of which it is not known that it is entered; it is given again as it is, with nothing else before it.
        var batch: Batch?
        /// The batch that was entered last.
        var entered: String?
        /// The span that is begun in the database.
        var span: String?
        var usedAt = ContinuousClock.now
        var numbers: UInt64 = 0
        var unlimited: [Payer: ContinuousClock.Instant] = [:]

        /// Calls that have ended and are not known to be in the ledger.
        var unentered: Int { entries.count + (batch?.entries.count ?? 0) }
        /// Whether there is nothing to write.
        var isWritten: Bool { entries.isEmpty && ended.isEmpty && batch == nil }

        /// The name of the next passage.
        mutating func number(of worker: String) -> String {
            numbers += 1
            return "\(worker) \(numbers)"
        }
    }

    private let state = Mutex(State())
    private let store: RequestStore
    private let configuration: LLMProviderConfiguration
    private let metrics: RequestMetrics
    private let logger: Logger

    init(store: RequestStore, configuration: LLMProviderConfiguration, metrics: RequestMetrics, logger: Logger) {
        self.store = store
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
    }

    /// Requests that are being passed on.
    var count: Int { state.withLock { $0.passing } }

    // MARK: - Passing on

    /// Takes a place for a request.
    ///
    /// - Returns: false where there is none, or where the ledger could not be written for so long that no more can be passed on.
    func enter() -> Bool {
        state.withLock { state in
            guard state.passing < configuration.maximumPassing, state.unentered + state.passing < Self.mostUnentered else {
                return false
            }
            state.passing += 1
            return true
        }
    }

    /// Gives a place back.
    func leave() { state.withLock { $0.passing -= 1 } }

    /// Sets money aside for a call, where a budget holds for its payer. Each that returns is settled.
    ///
    /// - Parameter cost: the most that it can cost; nil where its price is not known.
    /// - Throws: `Account.Refusal` where there is not enough; ``PostgresError``.
    func reserve(_ cost: Int64?, for payer: Payer) async throws -> Hold {
        if cost != 0, try await isLimited(payer) {
            let id = state.withLock { $0.number(of: store.worker) }
            do {
                if try await store.reserve(cost, for: payer, passage: id) { return Hold(id: id) }
            } catch let error as PostgresError {
                // Whether it was set aside may not be known.
                state.withLock { $0.ended.append(id) }
                throw error
            }
        }
        try await beginSpan()
        return Hold(id: nil)
    }

    private func isLimited(_ payer: Payer) async throws -> Bool {
        let isKnown = state.withLock { state in state.unlimited[payer].map { $0 + Self.budgetAge > .now } ?? false }
        guard !isKnown else { return false }
        let lookedAt = ContinuousClock.now
        guard try await !store.hasBudget(payer) else { return true }
        state.withLock { state in
            if state.unlimited.count >= Self.mostPayers { state.unlimited = [:] }
            state.unlimited[payer] = lookedAt
        }
        return false
    }

    /// Has the database know that calls are made of which the ledger does not know yet.
    private func beginSpan() async throws {
        let fresh = state.withLock { state -> String? in
            state.usedAt = .now
            return state.span == nil ? state.number(of: store.worker) : nil
        }
        guard let fresh else { return }
        do {
            try await store.beginPassages(fresh)
        } catch {
            // Whether it was begun may not be known.
            state.withLock { $0.ended.append(fresh) }
            throw error
        }
        state.withLock { state in
            // Of several that were begun at once one stays.
            if state.span == nil { state.span = fresh } else { state.ended.append(fresh) }
        }
    }

    /// Notes what a call cost.
    func settle(_ hold: Hold, _ entry: LedgerEntry) {
        state.withLock { $0.entries.append((entry, hold.id)) }
    }

    /// Notes that no call was made.
    func release(_ hold: Hold) {
        guard let id = hold.id else { return }
        state.withLock { $0.ended.append(id) }
    }

    // MARK: - Entering

    /// Enters what has ended, again and again until cancelled, and then for as long as there is something to enter and the database takes it.
    func run() async {
        var renewAt = ContinuousClock.now
        var isTold = true
        while !Task.isCancelled {
            if renewAt <= .now {
                // After a pause of this process, or of the database, others may not have given their signs of life yet.
                let isLate = renewAt + Self.renewalInterval < .now
                isTold = await lookAfterLives(endsLost: isTold && !isLate)
                renewAt = .now + Self.renewalInterval
            }
            await enterEnded()
            // Cancelled, it ends early, and so does the loop.
            try? await Task.sleep(for: configuration.ledgerInterval)
        }
        // A bridge: the last entries are written by a task that is not cancelled.
        await Task { await enterLast() }.value
    }

    private func enterLast() async {
        let end = ContinuousClock.now + configuration.gracePeriod
        while ContinuousClock.now < end {
            let isTaken = await enterEnded()
            endSpan(isLast: true)
            // Calls whose callers were cut off end a moment later.
            guard state.withLock({ !$0.isWritten || $0.passing > 0 }) else { return }
            // A bridge's task, which nobody cancels: it does not end early.
            try? await Task.sleep(for: isTaken ? Self.lastPauses.taken : Self.lastPauses.failed)
        }
    }

    /// - Returns: whether the database took what there was.
    @discardableResult
    private func enterEnded() async -> Bool {
        endSpan(isLast: false)
        while let (batch, previous) = nextBatch() {
            do {
                try await store.enter(batch.entries, ended: batch.ended, batch: batch.id, previous: previous)
                state.withLock { ($0.batch, $0.entered) = (nil, batch.id) }
            } catch {
                logger.error(
                    "what was passed on is not in the ledger yet",
                    metadata: ["calls": "\(batch.entries.count)", "reason": "\(error)"])
                return false
            }
        }
        return true
    }

    /// The batch to be entered, and the one before it.
    private func nextBatch() -> (Batch, previous: String?)? {
        state.withLock { state in
            if let batch = state.batch { return (batch, state.entered) }
            guard !state.entries.isEmpty || !state.ended.isEmpty else { return nil }
            let entries = Array(state.entries.prefix(Self.mostTogether))
            let ended = Array(state.ended.prefix(Self.mostTogether))
            state.entries.removeFirst(entries.count)
            state.ended.removeFirst(ended.count)
            let batch = Batch(id: state.number(of: store.worker), entries: entries, ended: ended)
            state.batch = batch
            return (batch, state.entered)
        }
    }

    /// Ends the span where there is nothing that the ledger lacks and nothing has been passed on for a while.
    private func endSpan(isLast: Bool) {
        state.withLock { state in
            guard let span = state.span, state.passing == 0, state.unentered == 0,
                isLast || state.usedAt + Self.renewalInterval <= .now
            else { return }
            state.span = nil
            state.ended.append(span)
        }
    }

    /// - Parameter endsLost: whether what gave no sign of life for long is taken for dead.
    /// - Returns: whether the database has the process's own sign.
    private func lookAfterLives(endsLost: Bool) async -> Bool {
        do {
            try await renew()
            guard endsLost else { return true }
            try await store.forgetEntered()
            let lost = try await store.endLostPassages(olderThan: Self.deathAge)
            metrics.lostPassages(lost.count)
            for passage in lost {
                logger.error(
                    "a process died while it passed requests on; the ledger may lack calls of its last moments",
                    metadata: [
                        "worker": "\(passage.worker)", "since": "\(passage.begun)",
                        "payer": "\(passage.payer, default: "several")",
                        "nanodollars": "\(passage.reserved)",
                    ])
            }
            return true
        } catch {
            logger.warning("passages not looked after", metadata: ["reason": "\(error)"])
            return false
        }
    }

    /// Gives a sign of life, and begins the span anew where others took this process for dead.
    private func renew() async throws {
        guard state.withLock({ $0.span != nil || $0.passing > 0 || !$0.isWritten }) else { return }
        let present = try await store.renewPassages()
        guard let span = state.withLock({ $0.span }), !present.contains(span) else { return }
        logger.warning("this process was taken for dead while it passed requests on", metadata: ["worker": "\(store.worker)"])
        try await store.beginPassages(span)
    }
}
