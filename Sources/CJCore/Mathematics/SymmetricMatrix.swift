/// A dense square matrix of which rows are kept in blocks of eight numbers, so that sums of products use the vector unit.
///
/// Every sum is taken in one fixed order, so that results are the same to the bit on every machine.
struct SymmetricMatrix: Sendable {
    let size: Int
    /// Blocks with content per row; there are eight rows for each, of which those from `size` on are zero.
    let width: Int
    /// Blocks from one row to the next; odd, so that rows under one another do not compete for the same lines of a cache.
    let stride: Int
    private(set) var blocks: [SIMD8<Double>]

    /// A matrix of zeros.
    init(size: Int) {
        self.size = size
        width = (size + 7) >> 3
        stride = width | 1
        blocks = Array(repeating: .zero, count: width * 8 * stride)
    }

    /// The weighted sum of matrices of one size.
    init(mixing matrices: [SymmetricMatrix], shares: [Double]) {
        self.init(size: matrices[0].size)
        for (matrix, share) in zip(matrices, shares) {
            for index in blocks.indices { blocks[index] += share * matrix.blocks[index] }
        }
    }

    /// Adds a share of the products of a vector's parts with one another.
    mutating func add(_ share: Double, timesSquareOf vector: [Double]) {
        let eights = Self.inEights(vector)
        for row in 0..<size {
            for block in 0..<width { blocks[row * stride + block] += share * vector[row] * eights[block] }
        }
    }

    /// Adds a matrix of the same size.
    mutating func add(_ other: SymmetricMatrix) {
        for index in blocks.indices { blocks[index] += other.blocks[index] }
    }

    /// The image of a vector.
    func multiply(_ vector: [Double]) -> [Double] {
        let eights = Self.inEights(vector)
        return (0..<size).map { row in Self.total(Self.products(blocks.span, row * stride, eights.span)) }
    }

    private static func products(
        _ blocks: Span<SIMD8<Double>>, _ start: Int, _ eights: Span<SIMD8<Double>>
    ) -> SIMD8<Double> {
        let own = blocks.extracting(start..<start + eights.count)
        var sum = SIMD8<Double>.zero
        for block in 0..<eights.count { sum += own[block] * eights[block] }
        return sum
    }

    /// Sum of the squares of all entries.
    var squares: Double {
        var sum = SIMD8<Double>.zero
        for block in blocks { sum += block * block }
        return Self.total(sum)
    }

    /// A vector in blocks, with zeros after its end.
    static func inEights(_ vector: [Double]) -> [SIMD8<Double>] {
        (0..<(vector.count + 7) >> 3).map { block in
            var eight = SIMD8<Double>.zero
            for place in 0..<min(8, vector.count - block * 8) { eight[place] = vector[block * 8 + place] }
            return eight
        }
    }

    /// Only symmetric content makes sense of the whole; both halves must be written.
    subscript(row: Int, column: Int) -> Double {
        get { blocks[row * stride + column >> 3][column & 7] }
        set { blocks[row * stride + column >> 3][column & 7] = newValue }
    }

    /// Eight neighbours in a row.
    subscript(row: Int, block block: Int) -> SIMD8<Double> {
        get { blocks[row * stride + block] }
        set { blocks[row * stride + block] = newValue }
    }

    /// Makes some blocks of a row of minus the sum of shares of others.
    mutating func setRow(_ row: Int, combining others: [Int], shares: [Double], blocks range: Range<Int>) {
        for block in range { blocks[row * stride + block] = .zero }
        // Two at a time, so that the row itself is read and written half as often.
        for index in Swift.stride(from: 0, to: others.count, by: 2) {
            let next = index + 1 < others.count ? (others[index + 1], shares[index + 1]) : (others[index], 0)
            Self.subtract(
                shares[index], timesBlocksAt: others[index] * stride, next.1, timesBlocksAt: next.0 * stride, from: &blocks,
                at: row * stride, range)
        }
    }

    private static func subtract(
        _ share: Double, timesBlocksAt source: Int, _ otherShare: Double, timesBlocksAt other: Int,
        from blocks: inout [SIMD8<Double>], at target: Int, _ range: Range<Int>
    ) {
        var blocks = blocks.mutableSpan
        for block in range {
            blocks[target + block] -= share * blocks[source + block] + otherShare * blocks[other + block]
        }
    }

    /// Subtracts shares of a row from earlier rows, which are the places at which it has entries, in ascending order.
    ///
    /// It does so below the diagonal; what stands in the same blocks above it has no meaning afterwards.
    mutating func subtract(_ row: Int, from others: [Int], shares: [Double]) {
        var filled: [Int] = []
        for other in others where filled.last != other >> 3 { filled.append(other >> 3) }
        let row = filled.map { blocks[row * stride + $0] }
        for (other, share) in zip(others, shares) {
            Self.subtract(share, times: row.span, at: filled.span, from: &blocks, other * stride, upTo: other >> 3)
        }
    }

    private static func subtract(
        _ share: Double, times row: Span<SIMD8<Double>>, at places: Span<Int>, from blocks: inout [SIMD8<Double>], _ start: Int,
        upTo last: Int
    ) {
        var blocks = blocks.mutableSpan
        for index in 0..<places.count {
            let block = places[index]
            guard block <= last else { return }
            blocks[start + block] -= share * row[index]
        }
    }

    /// Sum of the squares of the entries that some rows and columns share.
    func squares(_ places: [Int]) -> Double {
        var taken = [SIMD8<Double>](repeating: .zero, count: width)
        for place in places { taken[place >> 3][place & 7] = 1 }
        var sum = SIMD8<Double>.zero
        for place in places {
            for block in 0..<width {
                let eight = blocks[place * stride + block]
                sum += eight * eight * taken[block]
            }
        }
        return Self.total(sum)
    }

    /// Takes out of some rows and columns what all of them have in common: C·M·C with C = I − 1/count, of the part M that they make.
    func centred(_ places: [Int]) -> SymmetricMatrix {
        var centred = SymmetricMatrix(size: places.count)
        guard !places.isEmpty else { return centred }
        // The last block may hold columns that do not take part.
        let inside = SIMD8<Int64>(0, 1, 2, 3, 4, 5, 6, 7) .< SIMD8(repeating: Int64(places.count - (centred.width - 1) * 8))
        let padded = places + Array(repeating: places[0], count: centred.width * 8 - places.count)
        let means = places.enumerated().map { row, place in
            let (start, end) = (row * centred.stride, row * centred.stride + centred.width)
            Self.gather(blocks.span, from: place * stride, at: padded.span, into: &centred.blocks, start)
            centred.blocks[end - 1] = SIMD8<Double>.zero.replacing(with: centred.blocks[end - 1], where: inside)
            return Self.total(centred.blocks[start..<end].reduce(.zero, +)) / Double(places.count)
        }
        let mean = means.reduce(0, +) / Double(places.count)
        let eights = Self.inEights(means)
        for row in 0..<places.count {
            let shift = means[row] - mean
            for block in 0..<centred.width { centred[row, block: block] -= eights[block] + shift }
            let last = centred[row, block: centred.width - 1]
            centred[row, block: centred.width - 1] = SIMD8<Double>.zero.replacing(with: last, where: inside)
        }
        return centred
    }

    /// Copies entries of a row that stand at some places, as many as fill blocks.
    private static func gather(
        _ blocks: Span<SIMD8<Double>>, from start: Int, at places: Span<Int>, into target: inout [SIMD8<Double>], _ first: Int
    ) {
        var target = target.mutableSpan
        for block in 0..<places.count >> 3 {
            func entry(_ lane: Int) -> Double {
                let place = places[block * 8 + lane]
                return blocks[start + place >> 3][place & 7]
            }
            target[first + block] = SIMD8(
                entry(0), entry(1), entry(2), entry(3), entry(4), entry(5), entry(6), entry(7))
        }
    }

    /// Copies what stands below the diagonal of the leading blocks to where it belongs above.
    mutating func mirrorLowerHalf(panels: Int) {
        // Eight rows and columns at a time, so that what is written stays in the nearest cache until its lines are full.
        for panel in 0..<panels {
            for block in 0...panel {
                for row in panel * 8..<panel * 8 + 8 {
                    for column in block * 8..<min(block * 8 + 8, row) { self[column, row] = self[row, column] }
                }
            }
        }
    }

    /// Copies some blocks of rows that follow one another to the columns that belong to them.
    mutating func mirrorRows(_ rows: [Int], upTo count: Int) {
        for block in 0..<count {
            for column in block * 8..<block * 8 + 8 {
                for row in rows { self[column, row] = self[row, column] }
            }
        }
    }

    /// Puts the inverse in the matrix's place, reading the half below the diagonal: by the sweep operator (Goodnight 1979), which suits few
    /// rows.
    ///
    /// - Returns: whether the matrix is positive definite.
    mutating func invert() -> Bool {
        mirrorLowerHalf(panels: width)
        guard Self.sweep(&blocks, size: size, width: width, stride: stride) else { return false }
        // Rounding leaves the halves apart by a little.
        mirrorLowerHalf(panels: width)
        return true
    }

    private static func sweep(_ blocks: inout [SIMD8<Double>], size: Int, width: Int, stride: Int) -> Bool {
        var blocks = blocks.mutableSpan
        for pivot in 0..<size {
            let (start, column, lane) = (pivot * stride, pivot >> 3, pivot & 7)
            let diagonal = blocks[start + column][lane]
            guard diagonal > 0, diagonal < .infinity else { return false }
            blocks[start + column][lane] = 1
            for block in 0..<width { blocks[start + block] /= diagonal }
            for row in 0..<size where row != pivot {
                let place = row * stride + column
                let entry = blocks[place][lane]
                blocks[place][lane] = 0
                for block in 0..<width { blocks[row * stride + block] -= entry * blocks[start + block] }
            }
        }
        return true
    }

    /// Sum of eight numbers, in a fixed order.
    static func total(_ numbers: SIMD8<Double>) -> Double {
        let four = numbers.lowHalf + numbers.highHalf
        return (four[0] + four[1]) + (four[2] + four[3])
    }
}
