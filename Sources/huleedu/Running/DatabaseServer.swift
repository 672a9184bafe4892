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

    /// Makes a database, unless there is one of that name.
    func createDatabase(_ name: String, logger: Logger) async throws {
        let pool = Pool(PoolConfiguration(connectionString: connectionString, size: 1), logger: logger)
        do {
            let exists = try await !pool.query("SELECT 1 FROM pg_database WHERE datname = \(name)").isEmpty
            if !exists { try await pool.execute("CREATE DATABASE \(unescaped: name)") }
            await pool.close()
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Removes a database, if there is one of that name.
    func dropDatabase(_ name: String, logger: Logger) async throws {
        let pool = Pool(PoolConfiguration(connectionString: connectionString, size: 1), logger: logger)
        do {
            try await pool.execute("DROP DATABASE IF EXISTS \(unescaped: name) WITH (FORCE)")
            await pool.close()
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
