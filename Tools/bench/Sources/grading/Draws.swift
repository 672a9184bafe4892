import CJCore
import Foundation

/// Random draws that follow from a seed.
struct Draws {
    var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    /// From 0 up to, but not including, 1.
    mutating func unit() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

    /// Sum of twelve uniform draws less six, which is all but normal.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + unit() } }

    /// From the standard logistic distribution.
    mutating func logistic() -> Double {
        let share = max(unit(), 0x1p-53)
        return log(share / (1 - share))
    }
}

func exponential(_ value: Double) -> Double { exp(value) }
