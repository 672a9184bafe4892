import Postgres
import Synchronization
import Wire

/// Has what comes at the same time written in the same transaction: what waits while one is under way goes into the next, so that the more
/// come the less each costs, and one that comes alone waits for nobody.
final class TransactionGroup<Element: Sendable, Answer: Sendable>: Sendable {
    struct Limits: Sendable {
        /// Elements of one transaction.
        var together: Int
        /// Bytes of one transaction, beyond those that came first.
        var bytesTogether = 4 << 20
        /// Transactions at once. While one waits for the disk, the next is under way.
        var transactions = 2
        /// Elements that may wait for a transaction, and their bytes; one more is refused.
        var waiting = 10_000
        var bytesWaiting = 128 << 20
    }

    typealias Write = @Sendable ([Element]) async throws -> [Answer]

    /// Elements that came together and stay so.
    private struct Party {
        let elements: [Element]
        let bytes: Int
        let continuation: CheckedContinuation<Result<[Answer], any Error>, Never>
    }

    private struct State {
        var waiting: [Party] = []
        var elements = 0
        var bytes = 0
        var transactions = 0
    }

    private let state = Mutex(State())
    private let limits: Limits
    private let size: @Sendable (Element) -> Int
    private let write: Write

    /// - Parameters:
    ///   - size: bytes of an element.
    ///   - write: writes what it is given in one transaction, and answers each.
    init(_ limits: Limits, size: @escaping @Sendable (Element) -> Int, write: @escaping Write) {
        self.limits = limits
        self.size = size
        self.write = write
    }

    /// Those that wait for a transaction, those that came together counted as one.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Writes elements that came together, all in the same transaction. A caller who is cancelled waits all the same, as what he has brought is
    /// written with what others have.
    ///
    /// - Parameter elements: as many as go together, at most.
    /// - Returns: one answer for each.
    /// - Throws: a refusal where too many wait; what the transaction failed with.
    func submit(_ elements: [Element]) async throws -> [Answer] {
        precondition(elements.count <= limits.together, "at most \(limits.together) are written together")
        guard !elements.isEmpty else { return [] }
        let bytes = elements.reduce(0) { $0 + size($1) }
        let result = await withCheckedContinuation { continuation in
            let party = Party(elements: elements, bytes: bytes, continuation: continuation)
            let (isTaken, isFirst) = state.withLock { state in
                guard state.elements + elements.count <= limits.waiting, state.bytes + bytes <= limits.bytesWaiting else {
                    return (false, false)
                }
                state.waiting.append(party)
                state.elements += elements.count
                state.bytes += bytes
                guard state.transactions < limits.transactions else { return (true, false) }
                state.transactions += 1
                return (true, true)
            }
            // A bridge: a transaction is of several callers, and ends whatever becomes of any of them.
            if isFirst { Task(executorPreference: Pool.taskExecutor) { await self.writeAll() } }
            if !isTaken { continuation.resume(returning: .failure(crowded)) }
        }
        return try result.get()
    }

    private var crowded: RPCError {
        RPCError(
            .resourceExhausted, "\(limits.waiting) wait to be written", isRefused: true, retryAfter: .milliseconds(250))
    }

    /// Goes on for as long as somebody waits.
    private func writeAll() async {
        while let parties = next() { await write(parties) }
    }

    private func write(_ parties: [Party]) async {
        let result: Result<[Answer], any Error>
        do {
            result = .success(try await write(parties.flatMap(\.elements)))
        } catch {
            // Where it is not the database that is at fault, those are found who are.
            guard parties.count == 1 || (error as? PostgresError)?.mayPass == true else {
                for party in parties { await write([party]) }
                return
            }
            result = .failure(error)
        }
        var place = 0
        for party in parties {
            let own = place..<place + party.elements.count
            place = own.upperBound
            party.continuation.resume(returning: result.map { Array($0[own]) })
        }
    }

    /// Those whose turn it is; nil where nobody waits, and the transactions are one fewer.
    private func next() -> [Party]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.transactions -= 1
                return nil
            }
            var (end, elements, bytes) = (0, 0, 0)
            while end < state.waiting.count {
                let party = state.waiting[end]
                let fits = elements + party.elements.count <= limits.together && bytes + party.bytes <= limits.bytesTogether
                guard end == 0 || fits else { break }
                (end, elements, bytes) = (end + 1, elements + party.elements.count, bytes + party.bytes)
            }
            defer { state.waiting.removeFirst(end) }
            state.elements -= elements
            state.bytes -= bytes
            return Array(state.waiting[..<end])
        }
    }
}
