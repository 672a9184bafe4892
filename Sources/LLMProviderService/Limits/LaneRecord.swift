/// What the next process that sends to a lane has to know of it.
struct LaneRecord: Sendable, Hashable {
    /// Thousandths of the limits that are used.
    var share: Int64
    /// Limits that the vendor has stated; nil where it has not.
    var stated: PerDimension<Int64?>
    /// The most that one request took.
    var largest: Charge
    /// Nothing is sent before; in nanoseconds of the lane's clock.
    var frozenUntil: Int64
    /// Why one request at a time finds out then whether the lane goes on; nil where nothing is the matter.
    var standstill: Breaker.Reason?
}

extension LaneRecord {
    /// The record on a clock that is so many nanoseconds ahead.
    func moved(by offset: Int64) -> LaneRecord {
        LaneRecord(share: share, stated: stated, largest: largest, frozenUntil: frozenUntil + offset, standstill: standstill)
    }
}
