/// What a connection needs to know of its pool's configuration.
struct ConnectionSettings: Sendable {
    let connectionString: ConnectionString
    let connectTimeout: Duration
    /// How long the server may stay silent while it owes an answer; nil when statements may take any time.
    let silenceTimeout: Duration?
    let preparedStatementCapacity: Int
    let maxResultBytes: Int
    /// Server settings by name, set once the connection stands.
    let serverSettings: [(name: String, value: String)]

    /// One statement that sets all server settings for the session.
    var settingsQuery: Query? {
        guard !serverSettings.isEmpty else { return nil }
        let calls = serverSettings.indices.map { "pg_catalog.set_config($\(2 * $0 + 1), $\(2 * $0 + 2), false)" }
        return Query(
            sql: "SELECT " + calls.joined(separator: ", "),
            parameters: serverSettings.flatMap { [$0.name.parameter, $0.value.parameter] })
    }
}
