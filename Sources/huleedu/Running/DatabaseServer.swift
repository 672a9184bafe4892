import Crypto
import Logging
import Postgres

/// The PostgreSQL that a process uses: one that was named, or a private one in the data folder.
enum DatabaseServer: Sendable {
    case named(String)
    case embedded(EmbeddedCluster)

    /// Starts the private cluster unless a server was named.
    static func start(named url: String?, data: DataFolder, logger: Logger) async throws -> DatabaseServer {
        if let url { return .named(url) }
        return .embedded(try await EmbeddedCluster.start(dataDirectory: data.cluster, runtimeDirectory: nil, logger: logger))
    }

    /// Whether the server is this process's own: its folder is locked, so nobody else uses it.
    var isPrivate: Bool {
        switch self {
        case .named: false
        case .embedded: true
        }
    }

    /// How to reach a database of the server.
    func connectionString(database: String) -> String {
        switch self {
        case .named(let url): ConnectionText.replacingDatabase(of: url, with: database)
        case .embedded(let cluster): cluster.connectionString(database: database)
        }
    }

    /// How to reach the database that was named, or the private server's own.
    var connectionString: String {
        switch self {
        case .named(let url): url
        case .embedded(let cluster): cluster.connectionString
        }
    }

    /// Tells this server from others in a run's record, without the password that its connection string may hold.
    var mark: String {
        switch self {
        case .embedded: Self.mark(named: nil)
        case .named(let url): Self.mark(named: url)
        }
    }

    /// The mark of a server by its connection string; nil for the program's own.
    static func mark(named url: String?) -> String {
        guard let url else { return "private" }
        return SHA256.hash(data: Array(url.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Whether there is a database of a name.
    func hasDatabase(_ name: String, logger: Logger) async throws -> Bool {
        try await withPool(logger) { pool in
            try await !pool.query("SELECT 1 FROM pg_database WHERE datname = \(name)").isEmpty
        }
    }

    /// Makes a database.
    func createDatabase(_ name: String, logger: Logger) async throws {
        try await withPool(logger) { _ = try await $0.execute("CREATE DATABASE \(unescaped: name)") }
    }

    /// Removes a database, if there is one of that name.
    func dropDatabase(_ name: String, logger: Logger) async throws {
        try await withPool(logger) { _ = try await $0.execute("DROP DATABASE IF EXISTS \(unescaped: name) WITH (FORCE)") }
    }

    private func withPool<Value: Sendable>(_ logger: Logger, _ body: (Pool) async throws -> Value) async throws -> Value {
        let pool = Pool(PoolConfiguration(connectionString: connectionString, size: 1), logger: logger)
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Runs `body`, and cancels it when the private server's disk runs full; a server that was named looks after itself.
    func whileThereIsSpace<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        switch self {
        case .named: try await body()
        case .embedded(let cluster): try await cluster.whileThereIsSpace(body)
        }
    }

    func stop() async {
        if case .embedded(let cluster) = self { await cluster.stop() }
    }
}

/// Connection strings as libpq reads them: a URI, or words of the form key=value.
enum ConnectionText {
    /// The same server with another database.
    static func replacingDatabase(of text: String, with database: String) -> String {
        guard let scheme = text.firstRange(of: "://") else {
            // The last of several words with the same key counts.
            return text + " dbname=" + database
        }
        let (base, options) = split(text, at: "?")
        let path = base[scheme.upperBound...]
        let server = path.firstIndex(of: "/").map { base[..<$0] } ?? base[...]
        return server + "/" + database + (options.isEmpty ? "" : "?" + options)
    }

    private static func split(_ text: String, at separator: Character) -> (Substring, Substring) {
        guard let index = text.firstIndex(of: separator) else { return (text[...], "") }
        return (text[..<index], text[text.index(after: index)...])
    }
}
