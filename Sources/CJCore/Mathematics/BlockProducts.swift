private import CVectorMath

extension SymmetricMatrix {
    /// Four rows of eight sums.
    typealias RowsOfSums = (SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>)

    /// Sums of products of four neighbouring rows with eight neighbouring rows of another matrix, over a range of blocks; one row of
    /// sums for each of the four.
    static func products(
        _ left: borrowing SymmetricMatrix, _ row: Int, _ right: borrowing SymmetricMatrix, _ other: Int, _ range: Range<Int>
    ) -> RowsOfSums {
        var sums: RowsOfSums = (.zero, .zero, .zero, .zero)
        guard !range.isEmpty else { return sums }
        precondition(range.lowerBound >= 0 && range.upperBound <= min(left.width, right.width), "rows have these blocks")
        precondition(row >= 0 && row + 4 <= left.width * 8 && other >= 0 && other + 8 <= right.width * 8, "there are these rows")
        let (leftStride, rightStride) = (left.stride * 8, right.stride * 8)
        let (start, next) = (row * left.stride + range.lowerBound, other * right.stride + range.lowerBound)
        // What is read lies within the two matrices, by the conditions above; what is written are the four rows of eight.
        unsafe left.blocks.withUnsafeBytes { left in
            unsafe right.blocks.withUnsafeBytes { right in
                unsafe withUnsafeMutableBytes(of: &sums) { sums in
                    unsafe huleedu_block_products(
                        left.assumingMemoryBound(to: Double.self).baseAddress! + start * 8, leftStride,
                        right.assumingMemoryBound(to: Double.self).baseAddress! + next * 8, rightStride, range.count * 8,
                        sums.assumingMemoryBound(to: Double.self).baseAddress!)
                }
            }
        }
        return sums
    }

    /// Subtracts sums from four neighbouring rows.
    @inline(__always)
    mutating func subtract(_ sums: RowsOfSums, _ row: Int, _ block: Int) {
        self[row, block: block] -= sums.0
        self[row + 1, block: block] -= sums.1
        self[row + 2, block: block] -= sums.2
        self[row + 3, block: block] -= sums.3
    }

    /// Adds sums to four neighbouring rows.
    @inline(__always)
    mutating func add(_ sums: RowsOfSums, _ row: Int, _ block: Int) {
        self[row, block: block] += sums.0
        self[row + 1, block: block] += sums.1
        self[row + 2, block: block] += sums.2
        self[row + 3, block: block] += sums.3
    }
}
