private import CPostgres
private import Synchronization

/// One session with the server, in pipeline mode throughout.
///
/// It carries one batch at a time and lives on ``PostgresLoop``; nothing here waits for the network.
@PostgresLoop
final class Connection: EventLoop.Handler {
    /// What is rare and large is kept elsewhere, so that looking at the phase, which is done for every answer, copies one word.
    enum Phase {
        indirect case connecting(CheckedContinuation<PostgresError?, Never>)
        case idle
        case running(BatchUnderWay)
        /// Outside pipeline mode, for the simple protocol.
        indirect case runningScript(CheckedContinuation<PostgresError?, Never>, PostgresError?)
        indirect case closed(PostgresError)
    }

    /// A batch that has been sent and is being answered. A class, so that its growing list of results is never copied.
    @PostgresLoop
    final class BatchUnderWay {
        let number: Int
        var pipeline: Pipeline
        let isCancellable: Bool
        let succeeded: (@PostgresLoop () -> Void)?
        let continuation: CheckedContinuation<Reply, Never>
        var cancelling: Cancelling = .none

        init(
            number: Int, pipeline: Pipeline, isCancellable: Bool, succeeded: (@PostgresLoop () -> Void)?,
            continuation: CheckedContinuation<Reply, Never>
        ) {
            self.number = number
            self.pipeline = pipeline
            self.isCancellable = isCancellable
            self.succeeded = succeeded
            self.continuation = continuation
        }
    }

    /// A cancel request travels on a connection of its own; until it has been dealt with the session must not be used for
    /// anything else, or the request would hit the next statement.
    enum Cancelling { case none, underWay, done }

    let number: Int
    let settings: ConnectionSettings
    var handle: ConnectionHandle
    var phase: Phase
    var prepared: PreparedStatements
    private(set) var watchedDescriptor: Int32 = -1
    /// When the server has been silent for too long; nil while it owes nothing.
    private var silenceDeadline: ContinuousClock.Instant?
    /// Fires at that deadline, or at one before it, and then looks again: answers come far more often than silence lasts.
    private var silenceTimer: (token: EventLoop.TimerToken, deadline: ContinuousClock.Instant)?
    /// How long the server may stay silent during what is under way.
    var silenceTimeout: Duration?
    private let batchCount = Atomic(0)
    /// Bytes read since the last complete result, at least.
    private var unfinishedBytes = 0
    /// What the server said to this session while nothing was under way.
    let farewell = FarewellMailbox()
    /// Round trips made, for statistics.
    private(set) var roundTrips = 0
    /// Told once when an idle connection ends by itself.
    var whenEnded: ((PostgresError) -> Void)?
    /// Given the payload of each notification that arrives; nil where nobody listens.
    var whenNotified: ((String) -> Void)?

    init(number: Int, handle: consuming ConnectionHandle, settings: ConnectionSettings) {
        self.number = number
        self.handle = handle
        self.settings = settings
        phase = .closed(PostgresError(.connectionLost, "the connection has not been made", outcome: .notSent))
        prepared = PreparedStatements(capacity: settings.preparedStatementCapacity)
    }

    var isOpen: Bool {
        if case .closed = phase { return false }
        return true
    }

    /// True when no transaction is open.
    var isOutsideTransaction: Bool { PQtransactionStatus(handle.raw) == PQTRANS_IDLE }

    /// True inside a transaction that has not failed.
    var isInsideTransaction: Bool { PQtransactionStatus(handle.raw) == PQTRANS_INTRANS }

    /// True when a transaction is open, failed or not.
    var mustRollBack: Bool { isOpen && !isOutsideTransaction }

    // MARK: Batches

    /// Sends statements, with a synchronisation point after them, and waits for all answers.
    ///
    /// - Parameter succeeded: called when all went well, before the caller hears of it.
    nonisolated func run(_ batch: Batch, succeeded: (@Sendable @PostgresLoop () -> Void)? = nil) async -> Reply {
        if batch.isCancellable, Task.isCancelled {
            return Reply(results: [], failure: .notSent(.cancelledBeforeSending), isCancelled: true)
        }
        let number = batchCount.wrappingAdd(1, ordering: .relaxed).newValue
        let cancel: @Sendable () -> Void = { EventLoop.shared.execute { self.cancel(batchNumber: number) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                EventLoop.shared.perform { self.begin(batch, number: number, succeeded, continuation) }
                // A handler that ran before this found nothing to cancel.
                if Task.isCancelled { cancel() }
            }
        } onCancel: {
            cancel()
        }
    }

    private func begin(
        _ batch: Batch, number: Int, _ succeeded: (@PostgresLoop () -> Void)?, _ continuation: CheckedContinuation<Reply, Never>
    ) {
        guard case .idle = phase else {
            // The pool leases a connection to one caller, and a caller waits for its batch: only a closed one comes here.
            return continuation.resume(returning: Reply(results: [], failure: .notSent(closedError)))
        }
        do throws(PostgresError) {
            for query in batch.queries { try query.validate() }
        } catch {
            return continuation.resume(returning: Reply(results: [], failure: .notSent(error)))
        }
        guard isStillOpen else { return continuation.resume(returning: Reply(results: [], failure: .notSent(closedError))) }
        roundTrips += 1
        unfinishedBytes = 0
        let (pipeline, isSent) = send(batch)
        phase = .running(
            BatchUnderWay(
                number: number, pipeline: pipeline, isCancellable: batch.isCancellable, succeeded: succeeded,
                continuation: continuation))
        guard isSent else { return sendingFailed() }
        silenceTimeout = batch.silenceTimeout ?? settings.silenceTimeout
        restartSilenceTimer()
        flush()
    }

    /// Looks for what the server may have said since the last answer: when it has ended the session, nothing that is sent now will be read,
    /// and nobody needs to be in doubt about it.
    private var isStillOpen: Bool {
        // The library reads once at a time, and the end may stand behind a notice.
        for _ in 0..<Self.mostLooks where isOpen && handle.hasInput(watchedDescriptor) { receive() }
        return isOpen
    }

    /// Hands all statements to the library.
    private func send(_ batch: Batch) -> (pipeline: Pipeline, isSent: Bool) {
        // Between two transactions, and apart from the next: some statements, such as CREATE DATABASE, can share theirs with no other.
        let closing = isOutsideTransaction ? prepared.evictedNames : []
        var isSent = closing.allSatisfy { handle.sendUnnamed(Query(sql: "DEALLOCATE \($0)")) }
        if isSent, !closing.isEmpty { isSent = PQpipelineSync(handle.raw) == 1 }
        var steps: [Pipeline.Step] = []
        steps.reserveCapacity(batch.queries.count)
        for query in batch.queries where isSent {
            switch prepared.plan(for: query) {
            case .unnamed:
                steps.append(.execute(reuses: nil))
                isSent = handle.sendUnnamed(query)
            case .reuse(let name):
                steps.append(.execute(reuses: name))
                isSent = handle.sendPrepared(name, query)
            case .prepare(let name):
                steps += [.prepare(name: name), .execute(reuses: nil)]
                isSent = handle.sendPrepare(name, query) && handle.sendPrepared(name, query)
            }
        }
        return (Pipeline(closing: closing, steps: steps), isSent && PQpipelineSync(handle.raw) == 1)
    }

    // MARK: The socket

    func descriptorIsReady(readable: Bool, writable: Bool) {
        switch phase {
        case .connecting: continueConnecting()
        case .closed: return
        case .idle, .running, .runningScript:
            if readable { receive() }
            if isOpen { flush() }
        }
    }

    /// Writes what the kernel takes. While output is left the socket is watched for both directions, because a server whose
    /// answers nobody reads stops reading.
    func flush() {
        let status = PQflush(handle.raw)
        guard status >= 0 else { return sendingFailed() }
        watch(writable: status == 1)
    }

    /// The reason may still be readable: a server that ends a session says so before it closes.
    func sendingFailed() {
        receive()
        if isOpen { end(lostError()) }
    }

    func watch(writable: Bool) {
        let descriptor = PQsocket(handle.raw)
        if descriptor != watchedDescriptor { unwatch() }
        guard descriptor >= 0 else { return }
        watchedDescriptor = descriptor
        EventLoop.shared.register(descriptor, writable: writable, handler: self)
    }

    func unwatch() {
        guard watchedDescriptor >= 0 else { return }
        EventLoop.shared.unregister(watchedDescriptor)
        watchedDescriptor = -1
    }

    /// Looks at what a server has said to an idle session. One that goes on talking is heard later.
    private static let mostLooks = 4
    /// The library reads at least this much at a time, when there is as much: it makes that much room in its buffer first.
    private static let leastBytesPerRead = 8192

    private func receive() {
        let before = handle.readableByteCount(watchedDescriptor)
        let isAlive = PQconsumeInput(handle.raw) == 1
        // The library does not tell how much it has read, and more arrives meanwhile. This counts from below, so that what fits
        // is never refused.
        unfinishedBytes +=
            before <= Self.leastBytesPerRead
            ? before : max(Self.leastBytesPerRead, before - handle.readableByteCount(watchedDescriptor))
        drain()
        guard isOpen else { return }
        if let whenNotified, handle.takeNotifications(whenNotified) > 0 { unfinishedBytes = 0 }
        guard isAlive, PQstatus(handle.raw) == CONNECTION_OK else { return end(lostError()) }
        // The end of the stream follows, but may take its time.
        if case .idle = phase, farewell.report != nil { return end(lostError()) }
        guard unfinishedBytes <= settings.maxResultBytes else { return end(tooLargeError) }
    }

    /// Takes all results that are complete.
    private func drain() {
        var isAnswered = false
        // Asking for the time once is enough for all that came together; nothing is owed when what was under way has ended.
        defer { if isAnswered, silenceDeadline != nil { restartSilenceTimer() } }
        // Two ends of results in a row mean that nothing more is there.
        var endsInARow = 0
        while endsInARow < 2, isOpen, PQisBusy(handle.raw) == 0 {
            guard let raw = PQgetResult(handle.raw) else {
                endsInARow += 1
                if case .runningScript(let continuation, let error) = phase {
                    return endScript(continuation, error)
                }
                continue
            }
            endsInARow = 0
            unfinishedBytes = 0
            isAnswered = true
            take(ResultHandle(raw))
        }
    }

    private func take(_ result: consuming ResultHandle) {
        switch phase {
        case .running(let batch):
            guard let event = result.event else {
                return end(PostgresError(.unexpectedReply, "the server answered with \(result.statusName)", outcome: .inDoubt))
            }
            // One huge value arrives faster than its bytes can be counted on the way.
            if case .completed(let result) = event, result.table.byteCount > settings.maxResultBytes { return end(tooLargeError) }
            switch batch.pipeline.receive(event) {
            case .awaitNext:
                if batch.pipeline.isEndedByServer { end(lostError()) }
            case .finish: finishBatch()
            case .abandon:
                end(PostgresError(.unexpectedReply, "the server's answers do not fit the statements", outcome: .inDoubt))
            }
        case .runningScript(let continuation, let error):
            guard !result.isCopy else {
                // The library would give the same result again and again until somebody copies.
                return end(
                    PostgresError(.unexpectedReply, "the script asks for COPY to or from this program", outcome: .rolledBack))
            }
            phase = .runningScript(continuation, error ?? result.scriptError)
        case .connecting, .idle, .closed:
            // A server that shuts down sends its reason to idle sessions, too; the end of the stream follows.
            return
        }
    }

    // MARK: Endings

    /// The last synchronisation point has been reached.
    func finishBatch() {
        guard case .running(let batch) = phase, batch.cancelling != .underWay else { return }
        stopSilenceTimer()
        prepared.settle(
            prepared: batch.pipeline.preparedNames, deallocated: batch.pipeline.deallocatedNames,
            staleness: batch.pipeline.staleness)
        phase = .idle
        var reply = batch.pipeline.reply
        reply.isCancelled = batch.cancelling == .done
        if reply.failure == nil { batch.succeeded?() }
        batch.continuation.resume(returning: reply)
    }

    /// The connection cannot be used any more: closes it and tells whoever waits.
    func end(_ error: PostgresError) {
        let ended = phase
        phase = .closed(error)
        stopSilenceTimer()
        if let silenceTimer { EventLoop.shared.cancel(silenceTimer.token) }
        silenceTimer = nil
        unwatch()
        handle.finish()
        switch ended {
        case .connecting(let continuation): continuation.resume(returning: error)
        case .running(let batch):
            var reply = batch.pipeline.reply
            switch reply.failure {
            case nil: reply.failure = .lost(error)
            // What the server said before it hung up is a better reason than the library's, that it did.
            case .lost where farewell.report != nil: reply.failure = .lost(error)
            default: break
            }
            reply.isCancelled = batch.cancelling != .none
            batch.continuation.resume(returning: reply)
        case .runningScript(let continuation, let scriptError): continuation.resume(returning: scriptError ?? error)
        case .idle, .closed: break
        }
        whenEnded?(error)
        whenEnded = nil
    }

    /// Closes the connection; what is under way fails.
    func close() {
        guard isOpen else { return }
        end(PostgresError(.connectionLost, "the connection was closed", outcome: .inDoubt))
    }

    /// Why the connection is not open, as an error of a statement that therefore was not sent.
    var closedError: PostgresError {
        guard case .closed(let error) = phase else {
            return PostgresError(.connectionLost, "the connection is in use", outcome: .notSent)
        }
        return error.with(outcome: .notSent)
    }

    private var tooLargeError: PostgresError {
        PostgresError(.resultTooLarge, "a result exceeds \(settings.maxResultBytes) bytes", outcome: .inDoubt)
    }

    func lostError() -> PostgresError {
        if let report = farewell.report { return report.error(outcome: .inDoubt) }
        let text = PQerrorMessage(handle.raw).map { String(cString: $0) } ?? ""
        let line = text.split(separator: "\n").first.map(String.init) ?? "the server closed the connection"
        return PostgresError(.connectionLost, line, outcome: .inDoubt)
    }

    // MARK: Silence

    func restartSilenceTimer() {
        guard let timeout = silenceTimeout else { return stopSilenceTimer() }
        let deadline = ContinuousClock.now + timeout
        silenceDeadline = deadline
        if let silenceTimer {
            guard silenceTimer.deadline > deadline else { return }
            EventLoop.shared.cancel(silenceTimer.token)
        }
        startSilenceTimer(deadline)
    }

    private func startSilenceTimer(_ deadline: ContinuousClock.Instant) {
        let token = EventLoop.shared.schedule(at: deadline) { [weak self] in self?.silenceTimerFired() }
        silenceTimer = (token, deadline)
    }

    private func silenceTimerFired() {
        silenceTimer = nil
        guard let deadline = silenceDeadline, let timeout = silenceTimeout else { return }
        guard deadline <= .now else { return startSilenceTimer(deadline) }
        end(PostgresError(.connectionLost, "the server did not answer within \(timeout)", outcome: .inDoubt))
    }

    func stopSilenceTimer() {
        silenceDeadline = nil
    }
}

/// Where the library leaves the server's reason for ending a session that was idle.
final class FarewellMailbox {
    var report: ServerReport?
}

extension PostgresError {
    static var cancelledBeforeSending: PostgresError {
        PostgresError(.cancelled, "the task was cancelled", outcome: .notSent, cause: CancellationError())
    }
}
