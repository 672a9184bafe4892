private import CPostgres

/// Owns one `PGconn`; whoever holds it has the loop's turn.
struct ConnectionHandle: ~Copyable {
    /// Nil once the connection has been finished.
    private(set) var raw: OpaquePointer?

    init(_ raw: OpaquePointer) {
        self.raw = raw
    }

    /// Closes the socket and frees the connection.
    mutating func finish() {
        guard let raw else { return }
        PQfinish(raw)
        self.raw = nil
    }

    deinit {
        if let raw { PQfinish(raw) }
    }
}

/// Owns one `PGresult` until its bytes have been copied out.
struct ResultHandle: ~Copyable {
    let raw: OpaquePointer

    init(_ raw: OpaquePointer) {
        self.raw = raw
    }

    deinit {
        PQclear(raw)
    }
}
