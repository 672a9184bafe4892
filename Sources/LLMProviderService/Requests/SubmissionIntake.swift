import Postgres
import Synchronization
import Wire

/// Takes requests on that come at the same time in the same transaction: what waits while one is under way goes into the next, so that the more
/// come the less each costs, and one that comes alone waits for nobody.
final class SubmissionIntake: Sendable {
    /// Requests of one transaction.
    static let mostTogether = 200
    /// Transactions at once. While one waits for the disk, the next is under way.
    static let mostTransactions = 2
    /// Bytes of one transaction, beyond its first requests'.
    private static let mostBytesTogether = 4 << 20
    /// Requests that may wait for a transaction, and their bytes; one more is refused.
    static let mostWaiting = 10_000
    private static let mostBytesWaiting = 128 << 20

    typealias Take = @Sendable ([RequestStore.Offer]) async throws -> [RequestStore.Decision]

    /// Offers that came together and stay so.
    private struct Party {
        let offers: [RequestStore.Offer]
        let bytes: Int
        let continuation: CheckedContinuation<Result<[RequestStore.Decision], any Error>, Never>
    }

    private struct State {
        var waiting: [Party] = []
        var offers = 0
        var bytes = 0
        var transactions = 0
    }

    private let state = Mutex(State())
    private let take: Take

    /// - Parameter take: takes on what it is given in one transaction, and answers each.
    init(take: @escaping Take) {
        self.take = take
    }

    /// Those that wait for a transaction, those that came together counted as one.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Takes requests on that came together, all in the same transaction. A caller who is cancelled waits all the same, as what he has
    /// brought is taken on with what others have.
    ///
    /// - Parameter offers: ``mostTogether`` at most.
    /// - Returns: one decision for each.
    /// - Throws: a refusal where too many wait; what the transaction failed with.
    func submit(_ offers: [RequestStore.Offer]) async throws -> [RequestStore.Decision] {
        precondition(offers.count <= Self.mostTogether, "at most \(Self.mostTogether) requests are taken on together")
        guard !offers.isEmpty else { return [] }
        let bytes = offers.reduce(0) { $0 + $1.content.count }
        let result = await withCheckedContinuation { continuation in
            let party = Party(offers: offers, bytes: bytes, continuation: continuation)
            let (isTaken, isFirst) = state.withLock { state in
                guard state.offers + offers.count <= Self.mostWaiting, state.bytes + bytes <= Self.mostBytesWaiting else {
                    return (false, false)
                }
                state.waiting.append(party)
                state.offers += offers.count
                state.bytes += bytes
                guard state.transactions < Self.mostTransactions else { return (true, false) }
                state.transactions += 1
                return (true, true)
            }
            // A bridge: a transaction is of several callers, and ends whatever becomes of any of them.
            if isFirst { Task(executorPreference: Pool.taskExecutor) { await self.takeAll() } }
            if !isTaken { continuation.resume(returning: .failure(Self.crowded)) }
        }
        return try result.get()
    }

    private static var crowded: RPCError {
        RPCError(
            .resourceExhausted, "\(mostWaiting) requests wait to be taken on", isRefused: true, retryAfter: .milliseconds(250))
    }

    /// Goes on for as long as somebody waits.
    private func takeAll() async {
        while let parties = next() {
            let result: Result<[RequestStore.Decision], any Error>
            do {
                result = .success(try await take(parties.flatMap(\.offers)))
            } catch {
                result = .failure(error)
            }
            var place = 0
            for party in parties {
                let own = place..<place + party.offers.count
                place = own.upperBound
                party.continuation.resume(returning: result.map { Array($0[own]) })
            }
        }
    }

    /// Those whose turn it is; nil where nobody waits, and the transactions are one fewer.
    private func next() -> [Party]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.transactions -= 1
                return nil
            }
            var (end, offers, bytes) = (0, 0, 0)
            while end < state.waiting.count {
                let party = state.waiting[end]
                guard
                    end == 0 || offers + party.offers.count <= Self.mostTogether && bytes + party.bytes <= Self.mostBytesTogether
                else { break }
                (end, offers, bytes) = (end + 1, offers + party.offers.count, bytes + party.bytes)
            }
            defer { state.waiting.removeFirst(end) }
            state.offers -= offers
            state.bytes -= bytes
            return Array(state.waiting[..<end])
        }
    }
}
