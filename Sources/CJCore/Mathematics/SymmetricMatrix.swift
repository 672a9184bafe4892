/// A dense square matrix of which rows are kept in blocks of eight numbers, so that sums of products use the vector unit.
///
/// Every sum is taken in one fixed order, so that results are the same to the bit on every machine.
struct SymmetricMatrix: Sendable {
    let size: Int
    /// Blocks per row; there are eight rows for each, of which those from `size` on are zero.
    let width: Int
    private(set) var blocks: [SIMD8<Double>]

    /// A matrix of zeros.
    init(size: Int) {
        self.size = size
        width = (size + 7) >> 3
        blocks = Array(repeating: .zero, count: width * width * 8)
    }

    /// Only symmetric content makes sense of the whole; both halves must be written.
    subscript(row: Int, column: Int) -> Double {
        get { blocks[row * width + column >> 3][column & 7] }
        set { blocks[row * width + column >> 3][column & 7] = newValue }
    }

    /// Eight neighbours in a row.
    subscript(row: Int, block block: Int) -> SIMD8<Double> {
        get { blocks[row * width + block] }
        set { blocks[row * width + block] = newValue }
    }

    /// Takes out of the leading rows and columns what all of them have in common: C·M·C with C = I − 1/count, of the leading part M.
    func centred(leading count: Int) -> SymmetricMatrix {
        var centred = SymmetricMatrix(size: count)
        guard count > 0 else { return centred }
        // The last block may hold columns that do not take part.
        let inside = SIMD8<Int64>(0, 1, 2, 3, 4, 5, 6, 7) .< SIMD8(repeating: Int64(count - (centred.width - 1) * 8))
        var means = [SIMD8<Double>](repeating: .zero, count: centred.width)
        for row in 0..<count {
            var sum = SIMD8<Double>.zero
            for block in 0..<centred.width - 1 { sum += self[row, block: block] }
            sum += SIMD8<Double>.zero.replacing(with: self[row, block: centred.width - 1], where: inside)
            means[row >> 3][row & 7] = Self.total(sum) / Double(count)
        }
        let mean = Self.total(means.reduce(.zero, +)) / Double(count)
        for row in 0..<count {
            let shift = means[row >> 3][row & 7] - mean
            for block in 0..<centred.width { centred[row, block: block] = self[row, block: block] - means[block] - shift }
            let last = centred[row, block: centred.width - 1]
            centred[row, block: centred.width - 1] = SIMD8<Double>.zero.replacing(with: last, where: inside)
        }
        return centred
    }

    /// Copies what stands below the diagonal to where it belongs above.
    mutating func mirrorLowerHalf() {
        for row in 0..<size {
            for column in 0..<row { self[column, row] = self[row, column] }
        }
    }

    /// Sum of eight numbers, in a fixed order.
    static func total(_ numbers: SIMD8<Double>) -> Double {
        let four = numbers.lowHalf + numbers.highHalf
        return (four[0] + four[1]) + (four[2] + four[3])
    }

    /// Sums of products of four neighbouring rows with eight neighbouring rows of another matrix, over a range of blocks; one row of
    /// sums for each of the four.
    static func products(
        _ left: SymmetricMatrix, _ row: Int, _ right: SymmetricMatrix, _ other: Int, blocks: Range<Int>
    ) -> RowsOfSums {
        let pairs = (
            products(left, row, right, pairAt: other, blocks: blocks),
            products(left, row, right, pairAt: other + 2, blocks: blocks),
            products(left, row, right, pairAt: other + 4, blocks: blocks),
            products(left, row, right, pairAt: other + 6, blocks: blocks)
        )
        func gathered(_ at: Int) -> SIMD8<Double> {
            SIMD8(
                pairs.0[at], pairs.0[at + 1], pairs.1[at], pairs.1[at + 1], pairs.2[at], pairs.2[at + 1], pairs.3[at],
                pairs.3[at + 1])
        }
        return (gathered(0), gathered(2), gathered(4), gathered(6))
    }

    typealias RowsOfSums = (SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>)

    /// Sums of products of four rows with two: as many as the registers of every processor hold. By row, then by the other.
    private static func products(
        _ left: SymmetricMatrix, _ row: Int, _ right: SymmetricMatrix, pairAt other: Int, blocks range: Range<Int>
    ) -> SIMD8<Double> {
        let (a, b, width) = (left.blocks, right.blocks, left.width)
        let (a0, b0) = (row * width, other * right.width)
        var (s00, s01, s10, s11) = (SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero)
        var (s20, s21, s30, s31) = (s00, s01, s10, s11)
        for block in range {
            let (x0, x1) = (a[a0 + block], a[a0 + width + block])
            let (x2, x3) = (a[a0 + 2 * width + block], a[a0 + 3 * width + block])
            let (y0, y1) = (b[b0 + block], b[b0 + right.width + block])
            func add(_ part: (SIMD8<Double>) -> SIMD2<Double>) {
                s00 += part(x0) * part(y0)
                s01 += part(x0) * part(y1)
                s10 += part(x1) * part(y0)
                s11 += part(x1) * part(y1)
                s20 += part(x2) * part(y0)
                s21 += part(x2) * part(y1)
                s30 += part(x3) * part(y0)
                s31 += part(x3) * part(y1)
            }
            add { $0.lowHalf.lowHalf }
            add { $0.lowHalf.highHalf }
            add { $0.highHalf.lowHalf }
            add { $0.highHalf.highHalf }
        }
        return SIMD8(s00[0], s01[0], s10[0], s11[0], s20[0], s21[0], s30[0], s31[0])
            + SIMD8(s00[1], s01[1], s10[1], s11[1], s20[1], s21[1], s30[1], s31[1])
    }
}
