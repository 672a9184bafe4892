internal import Logging
private import Synchronization

/// Carries out what ``PoolStateMachine`` decides.
@PostgresLoop
final class PoolCore {
    /// A connection on loan, and how long it had been idle before.
    struct Lease: Sendable {
        let connection: Connection
        let idleFor: Duration
    }

    private struct Waiter {
        let continuation: CheckedContinuation<Result<Lease, PostgresError>, Never>
        let timer: EventLoop.TimerToken
    }

    let configuration: PoolConfiguration
    private let logger: Logger
    private let settings: Result<ConnectionSettings, PostgresError>
    private var machine: PoolStateMachine
    private var connections: [Int: Connection] = [:]
    private var waiters: [Int: Waiter] = [:]
    private let waiterCount = Atomic(0)
    private var closeWaiters: [CheckedContinuation<Void, Never>] = []
    private var isClosed = false
    private var lastConnectError: PostgresError?
    private var counters = PoolStatistics()
    private var random = SystemRandomNumberGenerator()

    nonisolated init(_ configuration: PoolConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        settings = Result { () throws(PostgresError) in try configuration.connectionSettings() }
        machine = PoolStateMachine(
            size: configuration.size, maxWaiters: configuration.maxWaiters, reconnectDelay: configuration.reconnectDelay)
    }

    var statistics: PoolStatistics {
        var statistics = counters
        statistics.connections = machine.connectionCount
        statistics.idle = machine.idleCount
        statistics.waiting = machine.waiterCount
        statistics.roundTrips += connections.values.reduce(0) { $0 + $1.roundTrips }
        return statistics
    }

    func countRerun() { counters.reruns += 1 }

    // MARK: Leases

    /// Borrows a connection; give it back with ``release(_:)``.
    nonisolated func acquire() async throws(PostgresError) -> Lease {
        // A string that cannot be parsed never gets better: nobody should wait for it.
        if case .failure(let error) = settings { throw error }
        guard !Task.isCancelled else { throw .cancelledBeforeSending }
        let waiter = waiterCount.wrappingAdd(1, ordering: .relaxed).newValue
        let giveUp: @Sendable () -> Void = { EventLoop.shared.execute { self.giveUp(waiter, .cancelledBeforeSending) } }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                EventLoop.shared.perform { self.admit(waiter, continuation) }
                // A handler that ran before this found nobody who waits.
                if Task.isCancelled { giveUp() }
            }
        } onCancel: {
            giveUp()
        }
        return try result.get()
    }

    private func admit(_ waiter: Int, _ continuation: CheckedContinuation<Result<Lease, PostgresError>, Never>) {
        let actions = machine.acquire(waiter, now: .now)
        // No timer for a caller that need not wait.
        if case .lease(let number, waiter, let idleFor)? = actions.last, let connection = connections[number] {
            perform(Array(actions.dropLast()))
            return continuation.resume(returning: .success(Lease(connection: connection, idleFor: idleFor)))
        }
        let timer = EventLoop.shared.schedule(at: .now + configuration.acquireTimeout) { [weak self] in
            self?.timedOut(waiter)
        }
        waiters[waiter] = Waiter(continuation: continuation, timer: timer)
        perform(actions)
    }

    /// Gives a connection back. One that is closed, or still inside a transaction, is replaced.
    nonisolated func release(_ connection: Connection) {
        EventLoop.shared.perform { self.takeBack(connection) }
    }

    /// ``release(_:)`` for those who are on the loop.
    func takeBack(_ connection: Connection) {
        perform(
            machine.release(
                connection.number, isUsable: connection.isOpen && connection.isOutsideTransaction, now: .now))
    }

    private func timedOut(_ waiter: Int) {
        let reason = lastConnectError.map { "; connecting fails: \($0.message)" } ?? ""
        giveUp(
            waiter,
            PostgresError(
                .acquireTimedOut, "no connection became free within \(configuration.acquireTimeout)\(reason)", outcome: .notSent,
                cause: lastConnectError))
    }

    private func giveUp(_ waiter: Int, _ error: PostgresError) {
        guard waiters[waiter] != nil else { return }
        machine.giveUp(waiter)
        answer(waiter, .failure(error))
    }

    private func answer(_ number: Int, _ result: Result<Lease, PostgresError>) {
        guard let waiter = waiters.removeValue(forKey: number) else { return }
        EventLoop.shared.cancel(waiter.timer)
        waiter.continuation.resume(returning: result)
    }

    // MARK: Actions

    private func perform(_ actions: [PoolStateMachine.Action]) {
        for action in actions {
            switch action {
            case .connect(let number): connect(number)
            case .lease(let number, let waiter, let idleFor): lease(number, to: waiter, idleFor: idleFor)
            case .refuse(let waiter, .tooManyWaiters):
                answer(
                    waiter,
                    .failure(
                        PostgresError(
                            .tooManyWaiters, "\(configuration.maxWaiters) callers wait for a connection already",
                            outcome: .notSent)))
            case .refuse(let waiter, .poolClosed): answer(waiter, .failure(.poolClosed))
            case .failAll(let waiters):
                guard let error = lastConnectError else { break }
                for waiter in waiters { answer(waiter, .failure(error)) }
            case .close(let number): close(number)
            case .wakeUp(let delay):
                _ = EventLoop.shared.schedule(at: .now + delay) { [weak self] in
                    guard let self else { return }
                    perform(machine.delayEnded())
                }
            case .closed: finishClosing()
            }
        }
    }

    private func lease(_ number: Int, to waiter: Int, idleFor: Duration) {
        guard let connection = connections[number] else { return }
        answer(waiter, .success(Lease(connection: connection, idleFor: idleFor)))
    }

    private func close(_ number: Int) {
        guard let connection = connections.removeValue(forKey: number) else { return }
        counters.roundTrips += connection.roundTrips
        connection.whenEnded = nil
        connection.close()
    }

    private func connect(_ number: Int) {
        guard case .success(let settings) = settings else { return }
        // A bridge: an attempt belongs to the pool, not to the caller who happened to need it, and ends within its own timeout.
        Task { @PostgresLoop in
            do throws(PostgresError) {
                connected(number, try await Connection.connect(number: number, settings: settings))
            } catch {
                connectFailed(number, error)
            }
        }
    }

    private func connected(_ number: Int, _ connection: Connection) {
        // It may have ended between its making and this call, and then nobody would ever say so.
        guard connection.isOpen else { return connectFailed(number, connection.closedError) }
        lastConnectError = nil
        counters.connectionsMade += 1
        connections[number] = connection
        connection.whenEnded = { [weak self] error in self?.connectionEnded(number, error) }
        let lifetime = configuration.maxLifetime * Double.random(in: 0.9...1, using: &random)
        perform(machine.connected(number, lifetime: lifetime, now: .now))
    }

    private func connectFailed(_ number: Int, _ error: PostgresError) {
        lastConnectError = error
        counters.connectFailures += 1
        logger.warning(
            "no connection to PostgreSQL",
            metadata: ["reason": "\(error.message)", "sqlstate": "\(error.sqlState?.rawValue ?? "none")"])
        perform(
            machine.connectFailed(
                number, isPermanent: error.code == .connectionRefused, jitter: Double.random(in: 0...1, using: &random)))
    }

    /// A connection is gone; whoever leases it learns it from its batch and gives it back.
    private func connectionEnded(_ number: Int, _ error: PostgresError) {
        logger.info("a connection to PostgreSQL ended", metadata: ["reason": "\(error.message)"])
        let actions = machine.ended(number)
        if let connection = connections[number], !machine.isLeased(number) {
            counters.roundTrips += connection.roundTrips
            connections[number] = nil
        }
        perform(actions)
    }

    // MARK: Closing

    /// How long ``close()`` waits for what is under way.
    private static let closeTimeout: Duration = .seconds(10)

    /// Refuses new work, waits for leased connections to come back, and closes what has not come back in time.
    func close() async {
        perform(machine.close())
        guard !isClosed else { return }
        let timer = EventLoop.shared.schedule(at: .now + Self.closeTimeout) { [weak self] in
            guard let self else { return }
            for connection in connections.values { connection.close() }
            finishClosing()
        }
        await withCheckedContinuation { closeWaiters.append($0) }
        EventLoop.shared.cancel(timer)
    }

    private func finishClosing() {
        isClosed = true
        for waiter in closeWaiters { waiter.resume() }
        closeWaiters = []
    }

    /// The same without waiting, for a pool that was dropped.
    func abandon() {
        perform(machine.close())
    }
}

extension PostgresError {
    static var poolClosed: PostgresError {
        PostgresError(.poolClosed, "the pool has been closed", outcome: .notSent)
    }
}
