internal import Logging

/// Keeps one connection that holds a lock.
@PostgresLoop
final class SessionLockCore {
    private let configuration: PoolConfiguration
    private let logger: Logger
    private let name: String
    private let retryInterval: Duration
    /// How long the server may take over a question that waits for nothing.
    private static let answerTimeout: Duration = .seconds(5)
    /// Rung when the connection has ended.
    private let ended = Bell()

    nonisolated init(configuration: PoolConfiguration, logger: Logger, name: String, retryInterval: Duration) {
        self.configuration = configuration
        self.logger = logger
        self.name = name
        self.retryInterval = retryInterval
    }

    func hold(
        _ acquired: @escaping @Sendable () async throws -> Void, lost: @escaping @Sendable () -> Void
    ) async {
        let delays = configuration.reconnectDelay
        var delay = delays.lowerBound
        while !Task.isCancelled {
            do {
                try await holdOnce(
                    {
                        try await acquired()
                        delay = delays.lowerBound
                    }, lost: lost)
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("session lock not held", metadata: ["lock": "\(name)", "reason": "\(error)"])
            }
            // Cancelled, it ends early, and so does the loop.
            try? await Task.sleep(for: delay * Double.random(in: 0.5...1))
            delay = min(delay * 2, delays.upperBound)
        }
    }

    /// Holds the lock until the connection is lost, which is thrown, or the task is cancelled.
    private func holdOnce(_ acquired: () async throws -> Void, lost: () -> Void) async throws {
        let connection = try await Connection.connect(number: 0, settings: configuration.connectionSettings())
        defer {
            connection.whenEnded = nil
            connection.close()
        }
        connection.whenEnded = { [ended] _ in ended.ring() }
        while try await !tryLock(on: connection) {
            await wait(upTo: retryInterval * Double.random(in: 0.5...1), or: connection)
            guard !Task.isCancelled else { return }
        }
        defer { lost() }
        try await acquired()
        while !Task.isCancelled {
            guard connection.isOpen else { throw connection.closedError }
            await wait(upTo: .seconds(3600), or: connection)
        }
    }

    private func tryLock(on connection: Connection) async throws -> Bool {
        let rows = try await connection.ask(
            "SELECT pg_try_advisory_lock(hashtextextended(\(name), 0))", within: Self.answerTimeout)
        return try rows.first?.decode(Bool.self) ?? false
    }

    /// Returns when the time is over, the connection has ended or the task is cancelled.
    private func wait(upTo duration: Duration, or connection: Connection) async {
        let generation = ended.generation
        guard connection.isOpen else { return }
        await ended.wait(after: generation, upTo: duration)
    }
}
