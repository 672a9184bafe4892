private import CPostgres

extension Connection {
    /// Looks the host up, makes a connection and sets it up, the latter two within the connect timeout.
    ///
    /// - Throws: `.connectionFailed` for what may pass, `.connectionRefused` for what only a change of configuration can cure.
    nonisolated static func connect(number: Int, settings: ConnectionSettings) async throws(PostgresError) -> Connection {
        let target = try await settings.connectionString.resolved { host in
            // Nil when too many look-ups hang already; the host then counts as unknown for now.
            await DetachedThread.run { ConnectionString.addresses(ofHost: host) } ?? []
        }
        return try await connect(number: number, to: target, settings: settings)
    }

    private static func connect(
        number: Int, to target: ConnectionString, settings: ConnectionSettings
    ) async throws(PostgresError) -> Connection {
        guard let raw = start(target) else {
            throw PostgresError(.connectionFailed, "out of memory", outcome: .notSent)
        }
        let connection = Connection(number: number, handle: ConnectionHandle(raw), settings: settings)
        let deadline = EventLoop.shared.schedule(at: .now + settings.connectTimeout) {
            connection.end(
                PostgresError(.connectionFailed, "no connection within \(settings.connectTimeout)", outcome: .notSent))
        }
        defer { EventLoop.shared.cancel(deadline) }
        // A pool connects for itself, not for one caller: nobody's cancellation ends the attempt.
        if let error = await connection.finishConnecting() { throw error }
        if let query = settings.settingsQuery {
            try await connection.applySettings(query)
        }
        return connection
    }

    private static func start(_ target: ConnectionString) -> OpaquePointer? {
        let pairs = target.options.sorted { $0.key < $1.key }
        let texts = pairs.flatMap { [$0.key, $0.value] }.map { Array($0.utf8CString) }
        return withPointers(to: texts[...]) { pointers in
            var keywords: [UnsafePointer<CChar>?] = stride(from: 0, to: pointers.count, by: 2).map { pointers[$0] }
            var values: [UnsafePointer<CChar>?] = stride(from: 1, to: pointers.count, by: 2).map { pointers[$0] }
            keywords.append(nil)
            values.append(nil)
            return PQconnectStartParams(keywords, values, 0)
        }
    }

    private static func withPointers<R>(
        to texts: ArraySlice<[CChar]>, _ found: [UnsafePointer<CChar>] = [], _ body: ([UnsafePointer<CChar>]) -> R
    ) -> R {
        guard let first = texts.first else { return body(found) }
        return first.withUnsafeBufferPointer { buffer in
            withPointers(to: texts.dropFirst(), buffer.baseAddress.map { found + [$0] } ?? found, body)
        }
    }

    private func finishConnecting() async -> PostgresError? {
        // The codes are in the verbose form of the message, and nowhere else before a connection stands.
        PQsetErrorVerbosity(handle.raw, PQERRORS_VERBOSE)
        // Without a receiver the library prints notices to standard error. The mailbox lives as long as this connection, which
        // finishes the library's before it goes.
        PQsetNoticeReceiver(
            handle.raw,
            { mailbox, result in
                guard let mailbox, let result else { return }
                let report = ServerReport(result: result)
                if report.endsConnection { Unmanaged<FarewellMailbox>.fromOpaque(mailbox).takeUnretainedValue().report = report }
            }, Unmanaged.passUnretained(farewell).toOpaque())
        return await withCheckedContinuation { continuation in
            phase = .connecting(continuation)
            guard PQstatus(handle.raw) != CONNECTION_BAD else { return end(connectError()) }
            watch(writable: true)
        }
    }

    /// Takes the next step of the handshake, whenever the socket is ready.
    func continueConnecting() {
        guard case .connecting(let continuation) = phase else { return }
        // The library may close this descriptor and open another, for the next address.
        unwatch()
        switch PQconnectPoll(handle.raw) {
        case PGRES_POLLING_READING: watch(writable: false)
        case PGRES_POLLING_WRITING: watch(writable: true)
        case PGRES_POLLING_OK:
            guard PQsetnonblocking(handle.raw, 1) == 0, PQenterPipelineMode(handle.raw) == 1 else { return end(connectError()) }
            PQsetErrorVerbosity(handle.raw, PQERRORS_DEFAULT)
            phase = .idle
            watch(writable: false)
            continuation.resume(returning: nil)
        default: end(connectError())
        }
    }

    private func applySettings(_ query: Query) async throws(PostgresError) {
        var batch = Batch(queries: [query])
        batch.isCancellable = false
        let reply = await run(batch)
        switch reply.failure {
        case nil: return
        case .refused(let report), .stale(let report):
            close()
            throw report.connectError
        case .lost(let error), .notSent(let error):
            throw PostgresError(.connectionFailed, error.message, sqlState: error.sqlState, outcome: .notSent, cause: error)
        }
    }

    private func connectError() -> PostgresError {
        let text = PQerrorMessage(handle.raw).map { String(cString: $0) } ?? ""
        let sqlState = Self.sqlState(inVerboseMessage: text)
        let line = text.split(separator: "\n").first.map(String.init) ?? "no connection could be made"
        return PostgresError(
            PostgresError.Code(connectSQLState: sqlState), line, sqlState: sqlState, outcome: .notSent)
    }

    /// Finds the code in `…FATAL:  3D000: database "x" does not exist`; the words around it depend on the server's language.
    nonisolated static func sqlState(inVerboseMessage text: String) -> SQLState? {
        for piece in text.split(separator: ":  ").dropFirst() {
            let code = piece.prefix { $0 != ":" }
            let isCode = code.utf8.count == 5 && code.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            if isCode { return SQLState(rawValue: String(code)) }
        }
        return nil
    }
}
