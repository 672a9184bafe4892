/// Counts what goes on in one interval of time after another.
package struct IntervalFigures: Sendable {
    /// What an interval had.
    package struct Snapshot: Sendable, Hashable {
        /// Nanoseconds since the beginning of 1970.
        package let end: UInt64
        package let seconds: Double
        /// Of the calls that ended in it, those called most often first.
        package let rows: [CallStatistics.Row]
        /// Of all calls that have ended by then.
        package let totals: [CallStatistics.Row]
        /// Calls that had begun and not ended.
        package let running: Int
    }

    /// What ends in less time than this, in nanoseconds, is told as if it took it: of less there is no rate that means anything.
    static let leastTime: UInt64 = 1_000_000

    private let length: UInt64
    private var begin: UInt64?
    private var rows = CallStatistics()
    private var totals = CallStatistics()
    private var isEmpty = true

    /// - Precondition: `seconds` is above zero.
    package init(seconds: Double) {
        length = UInt64(seconds * 1e9)
        precondition(length > 0, "an interval takes time")
    }

    /// Goes on to a time, before what happened then is received.
    ///
    /// - Parameter running: calls that have begun and not ended by then.
    /// - Returns: the interval that is over with it. Of several in which nothing happened, only the first is told.
    package mutating func advance(to time: UInt64, running: Int) -> Snapshot? {
        guard let begin else {
            self.begin = time
            return nil
        }
        guard time >= begin, time - begin >= length else { return nil }
        self.begin = time - (time - begin) % length
        return close(at: begin + length, seconds: Double(length) / 1e9, running: running)
    }

    package mutating func receive(_ event: TrafficReader.Event) {
        guard case .call(.ended(let call), _, _) = event else { return }
        rows.add(call)
        totals.add(call)
        isEmpty = false
    }

    /// Nothing more comes, and nothing runs any more.
    ///
    /// - Returns: what the interval had that was not over; nil where it had no calls.
    package mutating func finish(at time: UInt64) -> Snapshot? {
        guard let begin, !isEmpty else { return nil }
        let end = max(time, begin)
        return close(at: end, seconds: Double(max(end - begin, Self.leastTime)) / 1e9, running: 0)
    }

    private mutating func close(at end: UInt64, seconds: Double, running: Int) -> Snapshot {
        defer {
            rows = CallStatistics()
            isEmpty = true
        }
        return Snapshot(end: end, seconds: seconds, rows: rows.rows, totals: totals.rows, running: running)
    }
}
