private import CVectorMath

/// Exponential and logarithm from the basic IEEE 754 operations alone.
///
/// The C library chooses among several versions of these by the processor it finds, and they differ in the last bit; a run
/// could then pick other pairs on another machine. Additions, multiplications, divisions and square roots are exact to the
/// bit everywhere. The relative error of both functions is below 4 · 10⁻¹⁶.
enum ElementaryFunctions {
    /// ln 2 in two parts; the first has 32 trailing zero bits, so that its product with an exponent is exact.
    private static let ln2High = 0x1.62e42feep-1
    private static let ln2Low = 0x1.a39ef35793c76p-33

    /// e to the power of `x`.
    ///
    /// x = k·ln 2 + r with |r| ≤ ½ ln 2, and the Taylor series of eʳ to the 13th power, whose remainder is below 5 · 10⁻¹⁸.
    static func exp(_ x: Double) -> Double {
        guard x > -745.2 else { return x.isNaN ? x : 0 }
        guard x < 709.79 else { return x.isNaN ? x : .infinity }
        // Adding and subtracting 1.5 · 2⁵² rounds to the nearest integer.
        let shift = 0x1.8p52
        let k = (x * 0x1.71547652b82fep0 + shift) - shift
        let r = (x - k * ln2High) - k * ln2Low
        var series = 1.0 / 6_227_020_800
        series = series * r + 1.0 / 479_001_600
        series = series * r + 1.0 / 39_916_800
        series = series * r + 1.0 / 3_628_800
        series = series * r + 1.0 / 362_880
        series = series * r + 1.0 / 40_320
        series = series * r + 1.0 / 5_040
        series = series * r + 1.0 / 720
        series = series * r + 1.0 / 120
        series = series * r + 1.0 / 24
        series = series * r + 1.0 / 6
        series = series * r + 0.5
        // The last two terms are added last, to keep their rounding small.
        let value = 1 + (r + r * r * series)
        let exponent = Int(k)
        if exponent < -1021 { return value * powerOfTwo(exponent + 64) * 0x1p-64 }
        if exponent > 1022 { return value * powerOfTwo(exponent - 1) * 2 }
        return value * powerOfTwo(exponent)
    }

    /// The natural logarithm; −∞ at zero, not a number below.
    ///
    /// x = 2ᵏ·m with m between √½ and √2, and ln m = 2 artanh((m − 1)/(m + 1)) by its series, whose argument is below 0.172.
    static func log(_ x: Double) -> Double {
        guard x > 0 else { return x == 0 ? -.infinity : .nan }
        guard x < .infinity else { return x }
        let isSubnormal = x < .leastNormalMagnitude
        let bits = (isSubnormal ? x * 0x1p54 : x).bitPattern
        var exponent = Int(bits >> 52) - 1023 - (isSubnormal ? 54 : 0)
        var m = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
        if m > 1.4142135623730951 {
            m *= 0.5
            exponent += 1
        }
        let s = (m - 1) / (m + 1)
        let square = s * s
        var series = 1.0 / 23
        series = series * square + 1.0 / 21
        series = series * square + 1.0 / 19
        series = series * square + 1.0 / 17
        series = series * square + 1.0 / 15
        series = series * square + 1.0 / 13
        series = series * square + 1.0 / 11
        series = series * square + 1.0 / 9
        series = series * square + 1.0 / 7
        series = series * square + 1.0 / 5
        series = series * square + 1.0 / 3
        let k = Double(exponent)
        return k * ln2High + (k * ln2Low + 2 * s * square * series + 2 * s)
    }

    /// Sine of an angle in radians, from −π/2 to π/2: its Taylor series, which leaves an error below 10⁻¹⁵.
    static func sine(_ x: Double) -> Double {
        let square = x * x
        var sum = 1.0
        for last in stride(from: 22.0, through: 2, by: -2) { sum = 1 - square / (last * (last + 1)) * sum }
        return x * sum
    }

    /// ln(1 + eˣ), which neither overflows nor loses small values.
    static func logOnePlusExp(_ x: Double) -> Double {
        let tail = exp(-x.magnitude)
        let sum = 1 + tail
        // Corrects for what was lost in 1 + tail (W. Kahan's device).
        let logOnePlusTail = sum == 1 ? tail : log(sum) * (tail / (sum - 1))
        return (x > 0 ? x : 0) + logOnePlusTail
    }

    /// 1 / (1 + e⁻ˣ), the probability that belongs to a logit.
    static func logistic(_ x: Double) -> Double {
        let tail = exp(-x.magnitude)
        return (x >= 0 ? 1 : tail) / (1 + tail)
    }

    /// Numbers up to here, either way, may be given to the functions of eight.
    static let farthestOfEight = 600.0

    /// Eight probabilities at a time, as 1 / (1 + e⁻ˣ), of logits up to ``farthestOfEight``.
    static func logistic(_ x: SIMD8<Double>) -> SIMD8<Double> { values(of: huleedu_logistic, at: x) }

    /// e to the power of eight numbers up to ``farthestOfEight``.
    static func exp(_ x: SIMD8<Double>) -> SIMD8<Double> { values(of: huleedu_exponential, at: x) }

    /// ln(1 + x) of eight numbers from 0 to 1.
    static func logOnePlus(_ x: SIMD8<Double>) -> SIMD8<Double> { values(of: huleedu_log_one_plus, at: x) }

    @inline(__always)
    private static func values(of function: huleedu_function, at numbers: SIMD8<Double>) -> SIMD8<Double> {
        var numbers = numbers
        unsafe withUnsafeMutableBytes(of: &numbers) { bytes in
            // The eight numbers and no more.
            unsafe huleedu_apply(function, bytes.assumingMemoryBound(to: Double.self).baseAddress!, 8)
        }
        return numbers
    }

    /// Puts probabilities, as 1 / (1 + e⁻ˣ), in the place of logits up to ``farthestOfEight``; of as many as fill eights.
    ///
    /// - Returns: how many that were.
    static func replaceByLogistic(_ logits: inout [Double]) -> Int {
        let count = logits.count / 8 * 8
        // No more than the array has.
        unsafe logits.withUnsafeMutableBufferPointer { buffer in
            if let start = buffer.baseAddress { unsafe huleedu_apply(huleedu_logistic, start, count) }
        }
        return count
    }

    private static func powerOfTwo(_ exponent: Int) -> Double {
        Double(bitPattern: UInt64(exponent + 1023) << 52)
    }
}
