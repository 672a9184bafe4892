/// What a vendor has asked of one process, on record for all that send for the same account: nothing is sent to a lane for a while.
struct LaneFreeze: Sendable, Hashable {
    /// When it ends by the database's clock, in microseconds since 1970. It tells one freeze from the next.
    let end: Int64
    /// How long it still lasted when it was read, in nanoseconds.
    let left: Int64
    /// Why one request at a time finds out then whether the lane goes on; nil where nothing is the matter.
    let reason: Breaker.Reason?
}
