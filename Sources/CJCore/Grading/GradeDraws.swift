/// Draws of the cuts between grades from their posterior, the same on every machine.
struct GradeDraws {
    private let model: GradeModel
    private let draws: [(cuts: [Double], noise: Double)]

    /// Any number does; a fixed one makes grades reproducible.
    private static let seed: UInt64 = 0x6772_6164_6573

    /// Fits the model and draws from its normal approximation, every other draw the mirror image of the one before.
    init(model: GradeModel, count: Int) {
        let fit = LaplaceFit(startingAt: model.start, logDensity: model.logDensity)
        var generator = SplitMix64(seed: Self.seed)
        var draws: [(cuts: [Double], noise: Double)] = []
        for _ in 0..<(count / 2) {
            let normals = fit.mode.map { _ in generator.normal() }
            for sign in [1.0, -1.0] {
                let point = fit.point(for: normals.map { sign * $0 })
                draws.append((model.cuts(at: point), model.noise(at: point)))
            }
        }
        self.model = model
        self.draws = draws
    }

    /// Probability of each grade for an ability of this mean and variance.
    func probabilities(ability: Double, variance: Double) -> [Double] {
        var sums = Array(repeating: 0.0, count: model.gradeCount)
        for draw in draws {
            let shares = model.probabilities(ability: ability, variance: variance, cuts: draw.cuts, noise: draw.noise)
            for grade in sums.indices { sums[grade] += shares[grade] }
        }
        let total = sums.reduce(0, +)
        return sums.map { $0 / total }
    }

    /// Mean and standard deviation of each cut.
    func cutScores(of gradeScale: GradeScale) -> [CutScore] {
        (0..<(model.gradeCount - 1)).map { cut in
            let mean = draws.reduce(0) { $0 + $1.cuts[cut] } / Double(draws.count)
            let squares = draws.reduce(0) { $0 + ($1.cuts[cut] - mean) * ($1.cuts[cut] - mean) }
            return CutScore(
                lower: gradeScale.grades[cut], upper: gradeScale.grades[cut + 1], ability: mean,
                standardError: (squares / Double(draws.count)).squareRoot())
        }
    }
}
