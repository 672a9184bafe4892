/// Gradient of a log posterior at a point, and its curvature, which is minus the matrix of second derivatives.
///
/// The curvature is the Laplacian of the graph of comparisons, with position biases and thresholds as a few more columns, plus
/// the priors' precisions.
struct Slope {
    var gradient: [Double]
    var curvature: SparseSymmetricMatrix
    /// For each cell of the table, how probable it is that the first item wins; kept for its room, and empty where it was not needed.
    var probabilities: [Double] = []

    /// Length of the residual, as a share of its first, at which a step is good to rounding.
    static let exact = 1e-9

    /// How far the part of a point would move that moves farthest if all others stayed, in logits.
    var largestMove: Double {
        zip(gradient, curvature.diagonal).reduce(0) { max($0, ($1.0 / $1.1).magnitude) }
    }

    /// Solves curvature · step = gradient; an iteration takes time in proportion to the number of judged pairs. Every step points uphill.
    ///
    /// - Parameter tolerance: length of the residual at which the step is good enough, as a share of its first. Far from the mode a rough
    ///   step serves as well as an exact one (Dembo, Eisenstat and Steihaug 1982, "Inexact Newton methods").
    func newtonStep(tolerance: Double = Slope.exact) -> [Double] {
        curvature.solve(gradient, tolerance: tolerance)
    }
}
