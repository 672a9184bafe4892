internal import Logging

/// Keeps one connection listening.
@PostgresLoop
final class ListenerCore {
    private let configuration: PoolConfiguration
    private let logger: Logger
    private let channel: String
    private let pingInterval: Duration
    private let pingTimeout: Duration
    /// Rung when the connection has ended or a ping has arrived.
    private let bell = Bell()
    private var pingCount = 0
    private(set) var lastPingHeard = 0
    /// The connection that listens now.
    private(set) var connection: Connection?

    nonisolated init(
        configuration: PoolConfiguration, logger: Logger, channel: String, pingInterval: Duration, pingTimeout: Duration
    ) {
        self.configuration = configuration
        self.logger = logger
        self.channel = channel
        self.pingInterval = pingInterval
        self.pingTimeout = pingTimeout
    }

    func run(_ heard: @escaping @Sendable () -> Void) async {
        let delays = configuration.reconnectDelay
        var delay = delays.lowerBound
        while !Task.isCancelled {
            do {
                try await listen {
                    delay = delays.lowerBound
                    heard()
                } heard: {
                    heard()
                }
            } catch {
                logger.warning(
                    "not listening to PostgreSQL", metadata: ["channel": "\(channel)", "reason": "\(error.message)"])
            }
            // Cancelled, it ends early, and so does the loop.
            try? await Task.sleep(for: delay * Double.random(in: 0.5...1))
            delay = min(delay * 2, delays.upperBound)
        }
    }

    /// Listens until the connection is lost, which is thrown, or the task is cancelled.
    private func listen(began: () -> Void, heard: @escaping () -> Void) async throws(PostgresError) {
        let connection = try await Connection.connect(number: 0, settings: configuration.connectionSettings())
        self.connection = connection
        defer {
            connection.whenEnded = nil
            connection.close()
            self.connection = nil
        }
        connection.whenEnded = { [bell] _ in bell.ring() }
        connection.whenNotified = { [weak self] payload in self?.notified(payload, heard) }
        _ = try await connection.ask("LISTEN \(unescaped: channel.quotedIdentifier)", within: pingTimeout)
        began()
        while true {
            await wait(upTo: pingInterval) { !connection.isOpen }
            guard !Task.isCancelled else { return }
            guard connection.isOpen else { throw connection.closedError }
            try await ping(connection)
        }
    }

    /// Sends a notification that this connection must hear itself.
    private func ping(_ connection: Connection) async throws(PostgresError) {
        pingCount += 1
        let number = pingCount
        _ = try await connection.ask("SELECT pg_notify(\(channel), \(ping(number)))", within: pingTimeout)
        await wait(upTo: pingTimeout) { lastPingHeard == number || !connection.isOpen }
        guard lastPingHeard == number || Task.isCancelled else {
            throw PostgresError(.connectionLost, "a notification did not arrive within \(pingTimeout)", outcome: .notSent)
        }
    }

    private func notified(_ payload: String, _ heard: () -> Void) {
        // Other listeners of the channel try their connections, too; that is nobody's hint.
        guard payload.hasPrefix(Self.pingMark) else { return heard() }
        guard payload == ping(pingCount) else { return }
        lastPingHeard = pingCount
        bell.ring()
    }

    private static let pingMark = "ping "

    private func ping(_ number: Int) -> String {
        "\(Self.pingMark)\(connection?.serverProcess ?? 0) \(number)"
    }

    /// Returns when the condition holds, the time is over or the task is cancelled.
    private func wait(upTo duration: Duration, until condition: () -> Bool) async {
        let end = ContinuousClock.now + duration
        while !Task.isCancelled {
            let generation = bell.generation
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero, !condition() else { return }
            await bell.wait(after: generation, upTo: left)
        }
    }
}
