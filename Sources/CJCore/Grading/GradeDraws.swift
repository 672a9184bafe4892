/// Draws of the cuts between grades from their posterior, the same on every machine.
struct GradeDraws {
    private let gradeCount: Int
    private let draws: [[Double]]

    /// Any number does; a fixed one makes grades reproducible.
    private static let seed: UInt64 = 0x6772_6164_6573

    /// Fits the model and draws from its normal approximation, every other draw the mirror image of the one before.
    init(model: GradeModel, count: Int) {
        let fit = LaplaceFit(startingAt: model.start, logDensity: model.logDensity)
        var generator = SplitMix64(seed: Self.seed)
        var draws: [[Double]] = []
        for _ in 0..<(count / 2) {
            let normals = fit.mode.map { _ in generator.normal() }
            for sign in [1.0, -1.0] { draws.append(model.cuts(at: fit.point(for: normals.map { sign * $0 }))) }
        }
        gradeCount = model.gradeCount
        self.draws = draws
    }

    /// The grade of an ability of this mean and variance.
    ///
    /// The probability of a grade is that of the ability lying between its two cuts, over both their uncertainties. How far people stray
    /// who grade is not in it: it widens the cuts, and says nothing of what the item deserves.
    func estimate(ability: Double, variance: Double, on gradeScale: GradeScale) -> GradeEstimate {
        let deviation = max(variance, Self.leastVariance).squareRoot()
        func share(below border: Double) -> Double { NormalDistribution.cumulative((border - ability) / deviation) }
        var sums = Array(repeating: 0.0, count: gradeCount)
        var low = sums
        var high = sums
        for cuts in draws {
            var below = 0.0
            for grade in 0..<gradeCount {
                let within = grade < cuts.count ? share(below: cuts[grade]) : 1
                sums[grade] += max(0, within - below)
                if !gradeScale.steps[grade].isEmpty {
                    let part = GradeSteps.width * (cuts[grade] - cuts[grade - 1])
                    low[grade] += max(0, share(below: cuts[grade - 1] + part) - below)
                    high[grade] += max(0, within - share(below: cuts[grade] - part))
                }
                below = within
            }
        }
        let total = sums.reduce(0, +)
        return GradeEstimate(
            probabilities: sums.map { $0 / total }, lowParts: low.map { $0 / total }, highParts: high.map { $0 / total },
            gradeScale: gradeScale)
    }

    /// Mean and standard deviation of each cut.
    func cutScores(of gradeScale: GradeScale) -> [CutScore] {
        (0..<(gradeCount - 1)).map { cut in
            let mean = draws.reduce(0) { $0 + $1[cut] } / Double(draws.count)
            let squares = draws.reduce(0) { $0 + ($1[cut] - mean) * ($1[cut] - mean) }
            return CutScore(
                lower: gradeScale.grades[cut], upper: gradeScale.grades[cut + 1], ability: mean,
                standardError: (squares / Double(draws.count)).squareRoot())
        }
    }

    /// Keeps the division by a deviation sound where an ability is given without error.
    private static let leastVariance = 1e-12
}
