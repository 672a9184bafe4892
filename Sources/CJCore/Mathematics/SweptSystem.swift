/// A sparse system that conjugate gradients solve in few iterations, because a symmetric Gauss–Seidel sweep comes before each.
///
/// With rows and columns scaled to a diagonal of ones, the matrix is I + L + U, U the transpose of L, and the sweep (I + L)(I + U). In the
/// unknown (I + U)x the swept matrix is (I + L)⁻¹(I + L + U)(I + U)⁻¹. Its image of p is t + (I + L)⁻¹(p − t) with t = (I + U)⁻¹p, which is
/// no more work than an image under the matrix itself (Eisenstat 1981, "Efficient implementation of a class of preconditioned conjugate
/// gradient methods").
struct SweptSystem {
    private let pattern: SparseSymmetricMatrix.Pattern
    /// Square roots of what stands on the diagonal, inverted.
    private let scales: [Double]
    /// Entries above the diagonal of ones.
    private let entries: [Double]

    init(_ matrix: SparseSymmetricMatrix) {
        let scales = matrix.diagonal.map { 1 / $0.squareRoot() }
        var entries = matrix.entries
        Self.scale(&entries, scales: scales.span, starts: matrix.pattern.starts.span, columns: matrix.pattern.columns.span)
        pattern = matrix.pattern
        self.scales = scales
        self.entries = entries
    }

    private static func scale(
        _ entries: inout [Double], scales: Span<Double>, starts: Span<Int32>, columns: Span<Int32>
    ) {
        precondition(
            scales.count == starts.count - 1 && entries.count == columns.count, "the scales and entries are the pattern's")
        var entries = entries.mutableSpan
        for row in scales.indices {
            let own = scales[row]
            for place in Int(starts[row])..<Int(starts[row + 1]) {
                // A pattern's places are those of its columns, and its columns below its size, which is the number of scales.
                unsafe entries[unchecked: place] *= own * scales[unchecked: Int(columns[unchecked: place])]
            }
        }
    }

    /// The solution of matrix · solution = vector.
    ///
    /// However early the iterations end, what they have found has a positive product with the vector.
    /// - Parameter tolerance: length of the residual, after the sweep, at which the solution is good enough, as a share of its first.
    func solve(_ vector: [Double], tolerance: Double) -> [Double] {
        var residual = zip(vector, scales).map { $0 * $1 }
        sweepDown(&residual)
        var solution = Array(repeating: 0.0, count: vector.count)
        var direction = residual
        var (swept, image) = (solution, solution)
        var fit = SparseSymmetricMatrix.product(residual, residual)
        let goal = fit * tolerance * tolerance
        // In exact arithmetic as many iterations as dimensions suffice; twice as many leave room for rounding.
        for _ in 0..<(2 * vector.count) where fit > goal && fit > 0 {
            for index in swept.indices { swept[index] = direction[index] }
            sweepUp(&swept)
            for index in image.indices { image[index] = direction[index] - swept[index] }
            sweepDown(&image)
            var bend = 0.0
            for index in image.indices {
                image[index] += swept[index]
                bend += direction[index] * image[index]
            }
            guard bend > 0 else { break }
            let length = fit / bend
            var nextFit = 0.0
            for index in solution.indices {
                solution[index] += length * direction[index]
                let rest = residual[index] - length * image[index]
                residual[index] = rest
                nextFit += rest * rest
            }
            let ratio = nextFit / fit
            for index in direction.indices { direction[index] = residual[index] + ratio * direction[index] }
            fit = nextFit
        }
        sweepUp(&solution)
        return zip(solution, scales).map { $0 * $1 }
    }

    /// Puts (I + L)⁻¹ of a vector in its place.
    private func sweepDown(_ vector: inout [Double]) {
        precondition(vector.count == pattern.size, "vectors have a part for each row")
        let (starts, columns, entries) = (pattern.starts.span, pattern.columns.span, entries.span)
        var vector = vector.mutableSpan
        for row in 0..<pattern.size {
            let own = vector[row]
            let (begin, end) = (Int(starts[row]), Int(starts[row + 1]))
            let (columns, entries) = (columns.extracting(begin..<end), entries.extracting(begin..<end))
            for place in 0..<end - begin {
                // A pattern's columns are below its size, which is the vector's length.
                unsafe vector[unchecked: Int(columns[unchecked: place])] -= entries[unchecked: place] * own
            }
        }
    }

    /// Puts (I + U)⁻¹ of a vector in its place.
    private func sweepUp(_ vector: inout [Double]) {
        precondition(vector.count == pattern.size, "vectors have a part for each row")
        let (starts, columns, entries) = (pattern.starts.span, pattern.columns.span, entries.span)
        var vector = vector.mutableSpan
        for row in stride(from: pattern.size - 1, through: 0, by: -1) {
            let (begin, end) = (Int(starts[row]), Int(starts[row + 1]))
            let (columns, entries) = (columns.extracting(begin..<end), entries.extracting(begin..<end))
            // Two sums at a time, so that additions wait for one another half as often.
            var (even, odd) = (0.0, 0.0)
            var place = 0
            while place + 2 <= end - begin {
                // As above.
                unsafe even += entries[unchecked: place] * vector[unchecked: Int(columns[unchecked: place])]
                unsafe odd += entries[unchecked: place + 1] * vector[unchecked: Int(columns[unchecked: place + 1])]
                place += 2
            }
            if place < end - begin {
                unsafe even += entries[unchecked: place] * vector[unchecked: Int(columns[unchecked: place])]
            }
            vector[row] -= even + odd
        }
    }
}
