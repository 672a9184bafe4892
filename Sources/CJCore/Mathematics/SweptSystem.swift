/// A sparse system that conjugate gradients solve in few iterations, because a symmetric Gauss–Seidel sweep comes before each.
///
/// The matrix is L + D + U, with D its diagonal and U the transpose of L, and the sweep (D + L)D⁻¹(D + U). In the unknown (D + U)x, with the
/// equations multiplied by (D + L)⁻¹, all that is left of the sweep is D⁻¹. The image of p is then t + (D + L)⁻¹(p − Dt) with
/// t = (D + U)⁻¹p, which is no more work than an image under the matrix itself, and t is p's share of the solution (Eisenstat 1981,
/// "Efficient implementation of a class of preconditioned conjugate gradient methods").
struct SweptSystem {
    private let matrix: SparseSymmetricMatrix
    /// What stands on the diagonal, inverted.
    private let inverses: [Double]

    init(_ matrix: SparseSymmetricMatrix) {
        self.matrix = matrix
        inverses = matrix.diagonal.map { 1 / $0 }
    }

    /// The solution of matrix · solution = vector.
    ///
    /// However early the iterations end, what they have found has a positive product with the vector.
    /// - Parameter tolerance: length of the residual, after the sweep, at which the solution is good enough, as a share of its first.
    func solve(_ vector: [Double], tolerance: Double) -> [Double] {
        let diagonal = matrix.diagonal
        var residual = vector
        sweepDown(&residual)
        var solution = Array(repeating: 0.0, count: vector.count)
        var direction = zip(diagonal, residual).map { $0 * $1 }
        var (swept, image) = (solution, solution)
        var fit = SparseSymmetricMatrix.product(direction, residual)
        let goal = fit * tolerance * tolerance
        // In exact arithmetic as many iterations as dimensions suffice; twice as many leave room for rounding.
        for _ in 0..<(2 * vector.count) where fit > goal && fit > 0 {
            for index in swept.indices { swept[index] = direction[index] }
            sweepUp(&swept)
            for index in image.indices { image[index] = direction[index] - diagonal[index] * swept[index] }
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
                solution[index] += length * swept[index]
                let rest = residual[index] - length * image[index]
                residual[index] = rest
                nextFit += diagonal[index] * rest * rest
            }
            let ratio = nextFit / fit
            for index in direction.indices { direction[index] = diagonal[index] * residual[index] + ratio * direction[index] }
            fit = nextFit
        }
        return solution
    }

    /// Puts (D + L)⁻¹ of a vector in its place.
    private func sweepDown(_ vector: inout [Double]) {
        let pattern = matrix.pattern
        precondition(vector.count == pattern.size, "vectors have a part for each row")
        let (starts, columns, entries, inverses) = (pattern.starts.span, pattern.columns.span, matrix.entries.span, inverses.span)
        var vector = vector.mutableSpan
        for row in 0..<pattern.size {
            let own = vector[row] * inverses[row]
            vector[row] = own
            let (begin, end) = (Int(starts[row]), Int(starts[row + 1]))
            let (columns, entries) = (columns.extracting(begin..<end), entries.extracting(begin..<end))
            for place in 0..<end - begin {
                // A pattern's columns are below its size, which is the vector's length.
                unsafe vector[unchecked: Int(columns[unchecked: place])] -= entries[unchecked: place] * own
            }
        }
    }

    /// Puts (D + U)⁻¹ of a vector in its place.
    private func sweepUp(_ vector: inout [Double]) {
        let pattern = matrix.pattern
        precondition(vector.count == pattern.size, "vectors have a part for each row")
        let (starts, columns, entries, inverses) = (pattern.starts.span, pattern.columns.span, matrix.entries.span, inverses.span)
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
            vector[row] = (vector[row] - (even + odd)) * inverses[row]
        }
    }
}
