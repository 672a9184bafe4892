private import CPostgres

extension Connection {
    /// The server's process behind this session.
    var serverProcess: Int { Int(PQbackendPID(handle.raw)) }
}

extension ConnectionHandle {
    /// Hands over the payloads of the notifications that have arrived.
    ///
    /// - Returns: how many there were.
    func takeNotifications(_ body: (String) -> Void) -> Int {
        var count = 0
        while let raw = PQnotifies(raw) {
            defer { PQfreemem(raw) }
            count += 1
            body(raw.pointee.extra.map { String(cString: $0) } ?? "")
        }
        return count
    }
}
