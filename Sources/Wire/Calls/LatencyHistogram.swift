/// Counts of durations in classes that are each three per cent wide at most.
package struct LatencyHistogram: Sendable {
    /// Classes for each doubling.
    private static let perDoubling: UInt64 = 32

    /// As many as the longest duration needs: some hundreds.
    private var counts: [Int] = []
    private var total = 0
    package private(set) var longest: UInt64 = 0

    package init() {}

    package mutating func add(_ nanoseconds: UInt64) {
        let place = Self.place(nanoseconds)
        makeRoom(for: place)
        counts[place] += 1
        total += 1
        longest = max(longest, nanoseconds)
    }

    /// Takes over what another counted.
    package mutating func add(_ other: LatencyHistogram) {
        makeRoom(for: other.counts.count - 1)
        for (place, count) in other.counts.enumerated() { counts[place] += count }
        total += other.total
        longest = max(longest, other.longest)
    }

    /// The duration that so many per cent do not exceed, as the upper end of its class; zero where there is none.
    package func quantile(_ percent: Int) -> UInt64 { quantile(perMille: 10 * percent) }

    /// The duration that so many of a thousand do not exceed, in the same way.
    package func quantile(perMille: Int) -> UInt64 {
        let wanted = (total * perMille + 999) / 1000
        var seen = 0
        for (place, count) in counts.enumerated() {
            seen += count
            if seen >= wanted { return min(Self.upperEnd(place), longest) }
        }
        return 0
    }

    private mutating func makeRoom(for place: Int) {
        if place >= counts.count { counts.append(contentsOf: repeatElement(0, count: place + 1 - counts.count)) }
    }

    /// Small numbers are classes of their own; of larger ones the five bits after the first count.
    private static func place(_ value: UInt64) -> Int {
        guard value >= perDoubling else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - 5
        return (shift + 1) * Int(perDoubling) + Int(value >> UInt64(shift) - perDoubling)
    }

    private static func upperEnd(_ place: Int) -> UInt64 {
        guard place >= Int(perDoubling) else { return UInt64(place) }
        let (shift, rest) = (place / Int(perDoubling) - 1, UInt64(place % Int(perDoubling)))
        // The end of the last class is the greatest number there is.
        return (rest + perDoubling + 1) << UInt64(shift) &- 1
    }
}
