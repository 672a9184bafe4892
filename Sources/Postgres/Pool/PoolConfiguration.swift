/// How a pool connects, how many connections it may hold, and how long anything may take.
public struct PoolConfiguration: Sendable {
    /// A `postgresql://…` URI or `key=value` pairs, as libpq takes them.
    public var connectionString: String
    /// Most connections open at once, at least 1.
    public var size: Int
    /// Most callers waiting for a connection; one more is refused with `.tooManyWaiters`.
    public var maxWaiters: Int
    /// How long a caller waits for a connection, while the server restarts for example, before `.acquireTimedOut`.
    public var acquireTimeout: Duration
    /// How long one attempt to connect may take.
    public var connectTimeout: Duration
    /// The server stops a statement after this time; zero means never. Sets `statement_timeout`.
    public var statementTimeout: Duration
    /// The server stops waiting for a lock after this time; zero means never. Sets `lock_timeout`.
    public var lockTimeout: Duration
    /// The server ends a session whose transaction lies idle this long; zero means never. Sets
    /// `idle_in_transaction_session_timeout`.
    public var idleInTransactionTimeout: Duration
    /// How long the server may stay silent while it owes an answer, on top of ``statementTimeout``, before the connection is given
    /// up. Not applied when statements may take any time.
    public var silenceAllowance: Duration
    /// A connection is replaced after this age (up to a tenth less, at random, so that not all go at once).
    public var maxLifetime: Duration
    /// A connection idle for longer is tried with an empty round trip before a statement that could not be repeated.
    public var pingAfterIdle: Duration
    /// Shortest and longest wait between attempts to connect; doubled after each failure, and up to half of it less at random. The longest
    /// bounds how late the pool notices a server that is back, and how often it tries one that is not: one attempt at a time.
    public var reconnectDelay: ClosedRange<Duration>
    /// Prepared statements kept per connection; zero turns preparing off, for poolers that cannot carry it.
    public var preparedStatementCapacity: Int
    /// Bytes one result may have on the wire; beyond it the connection is closed with `.resultTooLarge`, mostly while the result
    /// arrives, and at the latest when its values alone have more.
    public var maxResultBytes: Int
    /// Schemas searched for unqualified names, `cj, public` for example; nil leaves the server's default.
    public var searchPath: String?
    /// Shown in `pg_stat_activity`.
    public var applicationName: String
    /// When and how often units of work are rerun.
    public var rerunPolicy: RerunPolicy
    /// Called at every ``Checkpoint`` of the pool's work; nil in ordinary service.
    public var checkpoint: (@Sendable (Checkpoint) -> Void)?

    /// A configuration with the defaults of a service.
    public init(connectionString: String, size: Int = 8) {
        self.connectionString = connectionString
        self.size = size
        maxWaiters = 1_000
        acquireTimeout = .seconds(10)
        connectTimeout = .seconds(5)
        statementTimeout = .seconds(5)
        lockTimeout = .seconds(2)
        idleInTransactionTimeout = .seconds(10)
        silenceAllowance = .seconds(10)
        maxLifetime = .seconds(3600)
        pingAfterIdle = .seconds(1)
        reconnectDelay = .milliseconds(50) ... .milliseconds(500)
        preparedStatementCapacity = 256
        maxResultBytes = 256 << 20
        searchPath = nil
        applicationName = "huleedu"
        rerunPolicy = RerunPolicy()
        checkpoint = nil
    }
}

extension PoolConfiguration {
    /// What each connection is made with.
    ///
    /// - Throws: `.invalidConnectionString`.
    func connectionSettings() throws(PostgresError) -> ConnectionSettings {
        var target = try ConnectionString(connectionString)
        target.setDefault("application_name", applicationName)
        // Values for a peer that vanishes without a word; a socket file has no use for them and ignores them.
        target.setDefault("keepalives_idle", "30")
        target.setDefault("keepalives_interval", "5")
        target.setDefault("keepalives_count", "3")
        target.setDefault("tcp_user_timeout", "15000")
        // Kerberos asks its own servers, with calls that block.
        target.setDefault("gssencmode", "disable")
        target["client_encoding"] = "UTF8"
        var serverSettings = [
            (name: "statement_timeout", value: statementTimeout.inMilliseconds),
            (name: "lock_timeout", value: lockTimeout.inMilliseconds),
            (name: "idle_in_transaction_session_timeout", value: idleInTransactionTimeout.inMilliseconds),
        ]
        if let searchPath { serverSettings.append((name: "search_path", value: searchPath)) }
        return ConnectionSettings(
            connectionString: target, connectTimeout: connectTimeout,
            silenceTimeout: statementTimeout > .zero ? statementTimeout + silenceAllowance : nil,
            preparedStatementCapacity: preparedStatementCapacity, maxResultBytes: maxResultBytes, serverSettings: serverSettings)
    }

}

extension Duration {
    /// As the server's settings take it.
    var inMilliseconds: String {
        "\(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)ms"
    }
}
