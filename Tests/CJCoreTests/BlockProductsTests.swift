private import CVectorMath
import Testing

@testable import CJCore

@Suite("Sums of products of blocks")
struct BlockProductsTests {
    /// Four rows and eight, each `count` numbers long and some further apart.
    private struct Rows {
        let left: [Double]
        let right: [Double]
        let count: Int
        let stride: Int

        init(count: Int, generator: inout SplitMix64) {
            self.count = count
            stride = count + 8
            // Of very different sizes, so that the order of a sum shows in its last bits.
            func number() -> Double { Double.random(in: -1...1, using: &generator) * [1e-8, 1, 1e8][generator.below(3)] }
            left = (0..<4 * stride).map { _ in number() }
            right = (0..<8 * stride).map { _ in number() }
        }

        func sums(width: Int? = nil) -> [Double] {
            var sums = Array(repeating: Double.nan, count: 32)
            if let width {
                huleedu_block_products_by(width, left, stride, right, stride, count, &sums)
            } else {
                huleedu_block_products(left, stride, right, stride, count, &sums)
            }
            return sums
        }

        /// By the rule of the header, one number at a time.
        var expected: [Double] {
            (0..<32).map { place in
                var parts = [0.0, 0.0, 0.0, 0.0]
                for index in 0..<count {
                    parts[index % 4].addProduct(left[place / 8 * stride + index], right[place % 8 * stride + index])
                }
                return (parts[0] + parts[1]) + (parts[2] + parts[3])
            }
        }
    }

    @Test("are the same to the bit however many numbers a processor deals with at a time", arguments: [0, 4, 8, 24, 1000])
    func sameToTheBit(count: Int) {
        var generator = SplitMix64(seed: UInt64(count))
        for _ in 0..<20 {
            let rows = Rows(count: count, generator: &generator)
            let expected = rows.expected.map(\.bitPattern)
            #expect(rows.sums().map(\.bitPattern) == expected)
            for width in [1, 4, 8] where width <= huleedu_vector_width() {
                #expect(rows.sums(width: width).map(\.bitPattern) == expected, "\(width) at a time")
            }
        }
    }
}
