/// Gradient and curvature of a log posterior at a point, and the Newton step that follows from them.
///
/// The curvature is the Laplacian of the graph of comparisons, with the bias as one more column, plus the priors'
/// precisions. The step is found by conjugate gradients, preconditioned with the diagonal; an iteration takes time in
/// proportion to the number of judged pairs. However early the iterations end, what they have found points uphill.
struct Slope {
    var gradient: [Double]
    /// Diagonal of the curvature.
    var diagonal: [Double]
    /// The priors' share of the diagonal.
    var precision: [Double]
    /// Information of each cell of the table.
    var weights: [Double]

    /// Length of the residual, as a share of its first, at which a step is good to rounding.
    static let exact = 1e-9

    /// Zeros.
    init(dimension: Int, cellCount: Int) {
        gradient = Array(repeating: 0, count: dimension)
        diagonal = gradient
        precision = gradient
        weights = Array(repeating: 0, count: cellCount)
    }

    /// Largest component of the gradient.
    var largestGradient: Double {
        gradient.reduce(0) { max($0, $1.magnitude) }
    }

    /// Solves curvature · step = gradient.
    ///
    /// - Parameter tolerance: length of the residual at which the step is good enough, as a share of its first. Far from the mode a rough
    ///   step serves as well as an exact one (Dembo, Eisenstat and Steihaug 1982, "Inexact Newton methods").
    func newtonStep(table: ComparisonTable, biasShare: Double, tolerance: Double = Slope.exact) -> [Double] {
        var step = Array(repeating: 0.0, count: gradient.count)
        var residual = gradient
        var scaled = gradient.indices.map { residual[$0] / diagonal[$0] }
        var direction = scaled
        var fit = Self.product(residual, scaled)
        let goal = fit * tolerance * tolerance
        // In exact arithmetic as many iterations as dimensions suffice; twice as many leave room for rounding.
        for _ in 0..<(2 * gradient.count) where fit > goal && fit > 0 {
            let image = applied(to: direction, table: table, biasShare: biasShare)
            let bend = Self.product(direction, image)
            guard bend > 0 else { break }
            let length = fit / bend
            for index in step.indices {
                step[index] += length * direction[index]
                residual[index] -= length * image[index]
                scaled[index] = residual[index] / diagonal[index]
            }
            let nextFit = Self.product(residual, scaled)
            let ratio = nextFit / fit
            for index in direction.indices { direction[index] = scaled[index] + ratio * direction[index] }
            fit = nextFit
        }
        return step
    }

    /// Curvature times a vector.
    private func applied(to vector: [Double], table: ComparisonTable, biasShare: Double) -> [Double] {
        let bias = vector.count - 1
        var image = vector.indices.map { precision[$0] * vector[$0] }
        let biasPart = vector[bias] * biasShare
        var biasImage = 0.0
        for (index, cell) in table.cells.enumerated() {
            let pull = weights[index] * (vector[cell.first] - vector[cell.second] + biasPart)
            image[cell.first] += pull
            image[cell.second] -= pull
            biasImage += pull
        }
        image[bias] += biasImage * biasShare
        return image
    }

    private static func product(_ one: [Double], _ other: [Double]) -> Double {
        var sum = 0.0
        for index in one.indices { sum += one[index] * other[index] }
        return sum
    }
}
