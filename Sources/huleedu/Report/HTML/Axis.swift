import Glibc

/// A stretch of numbers laid along a drawing, with ticks at round numbers.
struct Axis: Sendable, Hashable {
    let low: Double
    let high: Double

    /// An axis that holds all values, with a little room at both ends; around zero where there are none.
    init(holding values: [Double], margin: Double = 0.03) {
        let finite = values.filter(\.isFinite)
        let low = finite.min() ?? -1
        let high = finite.max() ?? 1
        let width = max(high - low, 0.5)
        let middle = (high + low) / 2
        self.low = middle - width * (0.5 + margin)
        self.high = middle + width * (0.5 + margin)
    }

    init(low: Double, high: Double) {
        self.low = low
        self.high = max(high, low + .ulpOfOne)
    }

    /// Where a value lies, in per cent of the axis; values beyond an end lie at the end.
    func percent(_ value: Double) -> Double {
        guard value.isFinite else { return 0 }
        return min(100, max(0, (value - low) / (high - low) * 100))
    }

    /// Round numbers along the axis (1, 2 or 5 times a power of ten apart), at most `count` + 1 of them.
    func ticks(atMost count: Int) -> [Double] {
        let rough = (high - low) / Double(max(1, count))
        let power = pow(10, floor(log10(rough)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? 10 * power
        let first = Int((low / step).rounded(.up))
        let last = Int((high / step).rounded(.down))
        guard first <= last, last - first <= 100 else { return [] }
        return (first...last).map { Double($0) * step }
    }

    /// Decimals needed to tell neighbouring ticks apart.
    func tickDecimals(atMost count: Int) -> Int {
        let ticks = ticks(atMost: count)
        guard ticks.count > 1 else { return 1 }
        return max(0, Int((-log10(ticks[1] - ticks[0]) - 1e-9).rounded(.up)))
    }
}
