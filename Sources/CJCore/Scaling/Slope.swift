/// Gradient and curvature of a log posterior at a point, and the Newton step that follows from them.
///
/// The curvature is the Laplacian of the graph of comparisons, with position biases and thresholds as a few more columns, plus
/// the priors' precisions. The step is found by conjugate gradients, preconditioned with the diagonal; an iteration takes time in
/// proportion to the number of judged pairs. However early the iterations end, what they have found points uphill.
struct Slope {
    let layout: PointLayout
    /// Position biases stay where they are.
    let holdsBiases: Bool
    var gradient: [Double]
    /// Diagonal of the curvature.
    var diagonal: [Double]
    /// Curvature by the logit of each cell of the table.
    var weights: [Double]
    /// Curvature by the logit and each of the thresholds; empty where nothing depends on thresholds.
    var clearWeights: [Double] = []
    var tieWeights: [Double] = []
    /// Curvature by both thresholds; that by either of them twice is on the diagonal.
    var clearTie = 0.0

    /// Length of the residual, as a share of its first, at which a step is good to rounding.
    static let exact = 1e-9

    /// Zeros.
    init(layout: PointLayout, cellCount: Int, holdsBiases: Bool, hasThresholds: Bool = false) {
        self.layout = layout
        self.holdsBiases = holdsBiases
        gradient = Array(repeating: 0, count: layout.dimension)
        diagonal = gradient
        weights = Array(repeating: 0, count: cellCount)
        if hasThresholds {
            clearWeights = weights
            tieWeights = weights
        }
    }

    /// Largest component of the gradient.
    var largestGradient: Double {
        gradient.reduce(0) { max($0, $1.magnitude) }
    }

    /// Solves curvature · step = gradient.
    ///
    /// - Parameters:
    ///   - precision: The priors' share of the diagonal.
    ///   - scales: κ of each judge.
    ///   - tolerance: length of the residual at which the step is good enough, as a share of its first. Far from the mode a rough
    ///     step serves as well as an exact one (Dembo, Eisenstat and Steihaug 1982, "Inexact Newton methods").
    func newtonStep(
        table: ComparisonTable, precision: [Double], scales: [Double], tolerance: Double = Slope.exact
    ) -> [Double] {
        var step = Array(repeating: 0.0, count: gradient.count)
        var residual = gradient
        var scaled = gradient.indices.map { residual[$0] / diagonal[$0] }
        var direction = scaled
        var image = step
        var fit = Self.product(residual, scaled)
        let goal = fit * tolerance * tolerance
        // In exact arithmetic as many iterations as dimensions suffice; twice as many leave room for rounding.
        for _ in 0..<(2 * gradient.count) where fit > goal && fit > 0 {
            apply(to: direction, into: &image, table: table, precision: precision, scales: scales)
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
    private func apply(
        to vector: [Double], into image: inout [Double], table: ComparisonTable, precision: [Double], scales: [Double]
    ) {
        let (clear, tie) = (vector[layout.clear], vector[layout.tie])
        for index in vector.indices { image[index] = precision[index] * vector[index] }
        // What thresholds have on the diagonal comes from answers as well as from priors.
        image[layout.clear] = diagonal[layout.clear] * clear + clearTie * tie
        image[layout.tie] = diagonal[layout.tie] * tie + clearTie * clear
        defer {
            if holdsBiases { for bias in layout.biases { image[bias] = vector[bias] } }
        }
        let hasThresholds = !clearWeights.isEmpty
        for (index, cell) in table.cells.enumerated() {
            let (first, second, bias) = (Int(cell.first), Int(cell.second), layout.bias(of: cell.judge))
            let scale = scales[Int(cell.judge)]
            let logit = scale * (vector[first] - vector[second]) + vector[bias]
            var pull = weights[index] * logit
            if hasThresholds {
                pull += clearWeights[index] * clear + tieWeights[index] * tie
                image[layout.clear] += clearWeights[index] * logit
                image[layout.tie] += tieWeights[index] * logit
            }
            image[first] += scale * pull
            image[second] -= scale * pull
            image[bias] += pull
        }
    }

    static func product(_ one: [Double], _ other: [Double]) -> Double {
        var sum = 0.0
        for index in one.indices { sum += one[index] * other[index] }
        return sum
    }
}
