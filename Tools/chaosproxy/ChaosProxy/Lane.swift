import NIOCore

/// What is on its way through a connection in one direction.
struct Lane {
    var pieces: [(bytes: [UInt8], arrived: NIODeadline)] = []
    /// Bytes that have been passed on.
    var passed = 0
    /// Whether the end that they come from sends nothing more.
    var hasEnded = false
    /// Whether a time has been set at which more may pass.
    var isTimed = false

    /// Bytes that wait.
    var waiting: Int { pieces.reduce(0) { $0 + $1.bytes.count } }

    mutating func takeAll() -> [UInt8] {
        defer { pieces = [] }
        return pieces.flatMap(\.bytes)
    }
}
