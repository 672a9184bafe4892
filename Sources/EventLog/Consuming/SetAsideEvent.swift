public import Contracts
public import Postgres

/// An event that a consumer could not apply, or that waits for such a one of its aggregate.
public struct SetAsideEvent: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It failed, and is tried again.
        case retrying
        /// It has its attempts before it, perhaps behind an earlier event of its aggregate.
        case waiting
        /// It is tried no more unless somebody says so.
        case dead
    }

    public let consumer: String
    public let partition: Int64
    public let event: EventsV1.Event
    public let state: State
    public let attempts: Int64
    /// What the last attempt ended with; empty for one that waits.
    public let fault: String
    public let setAsideAt: Timestamp

    /// The event's id as people write it: 32 hexadecimal digits.
    public var id: String { Self.text(of: event.id) }

    /// The events set aside by the consumers of a schema, oldest first, at most a thousand.
    public static func all(schema: String, in pool: Pool) async throws -> [SetAsideEvent] {
        let rows = try await pool.query(
            """
            SELECT position, id, type, aggregate_id, aggregate_version, occurred_at, payload,
                consumer, partition, is_dead, attempts, coalesce(fault, '') AS fault, set_aside_at
            FROM \(unescaped: schema).event_set_aside ORDER BY set_aside_at, consumer, partition, position LIMIT 1000
            """)
        return try rows.map { row in
            let attempts = try row.decode("attempts", as: Int64.self)
            let isDead = try row.decode("is_dead", as: Bool.self)
            return SetAsideEvent(
                consumer: try row.decode("consumer", as: String.self), partition: try row.decode("partition", as: Int64.self),
                event: try EventsV1.Event(row), state: isDead ? .dead : attempts > 0 ? .retrying : .waiting, attempts: attempts,
                fault: try row.decode("fault", as: String.self), setAsideAt: try row.decode("set_aside_at", as: Timestamp.self))
        }
    }

    /// Lets the dead event of this id be tried once more, with all its attempts before it.
    ///
    /// Where later events of its aggregate were applied without it, it is applied after them.
    ///
    /// - Returns: how many consumers had it among their dead.
    public static func replay(_ id: [UInt8], schema: String, in pool: Pool) async throws -> Int {
        try await pool.execute(
            """
            UPDATE \(unescaped: schema).event_set_aside SET is_dead = false, attempts = 0, retry_at = clock_timestamp()
            WHERE id = \(id) AND is_dead
            """)
    }

    /// Gives the dead event of this id up; what waits behind it is applied.
    ///
    /// - Returns: how many consumers had it among their dead.
    public static func discard(_ id: [UInt8], schema: String, in pool: Pool) async throws -> Int {
        try await pool.execute("DELETE FROM \(unescaped: schema).event_set_aside WHERE id = \(id) AND is_dead")
    }

    /// An id as people write it.
    public static func text(of id: [UInt8]) -> String {
        id.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The id that people wrote; nil for what is none.
    public static func id(from text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 32, text.allSatisfy(\.isHexDigit) else { return nil }
        var id: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) else { return nil }
            id.append(byte)
        }
        return id
    }
}
