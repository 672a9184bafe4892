/// A small random generator with 64 bits of state; the same seed gives the same numbers on every machine.
///
/// Not for secrets. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
    private var state: UInt64

    /// Starts the sequence that belongs to a seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// Starts one of many unrelated sequences that belong to a seed, so that the n-th decision of a run can be made again
    /// without repeating those before it.
    public init(seed: UInt64, stream: UInt64) {
        var mixer = SplitMix64(seed: stream)
        state = seed ^ mixer.next()
        _ = next()
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Draws whose algorithm is ours, so that a new standard library cannot change a run.
extension RandomNumberGenerator {
    /// A whole number from 0 up to, but not including, `bound`, which is at least 1; every one is equally likely.
    mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "nothing lies below \(bound)")
        let range = UInt64(bound)
        // Values from the incomplete last run of `range` are drawn again; more than half are always good.
        let limit = UInt64.max - (UInt64.max % range + 1) % range
        while true {
            let value: UInt64 = next()
            if value <= limit { return Int(value % range) }
        }
    }

    /// A number from 0 up to, but not including, 1, a multiple of 2⁻⁵³.
    mutating func unit() -> Double {
        let value: UInt64 = next()
        return Double(value >> 11) * 0x1p-53
    }

    /// A draw from the standard normal distribution (G. Marsaglia's polar method).
    mutating func normal() -> Double {
        while true {
            let x = 2 * unit() - 1
            let y = 2 * unit() - 1
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            return x * (-2 * ElementaryFunctions.log(square) / square).squareRoot()
        }
    }

    /// Puts the elements into random order (Fisher and Yates).
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for index in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(index, below(index + 1))
        }
    }
}
