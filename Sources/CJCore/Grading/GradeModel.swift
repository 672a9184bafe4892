/// An ordinal model of grades along a scale: where the cuts between grades lie, and how far grading strays.
///
/// An anchor of ability m ± s has grade k or lower with probability Φ((cₖ − m)/√(s² + τ²)); τ is the spread with which people
/// give grades. A share ε of anchors is taken to carry any grade at all, so that one wrong grade does not decide everything.
/// The cuts are pooled towards even spacing, which is a line through the grades: the logarithm of each gap is normally
/// distributed about a common value with deviation `gapDeviation`. Gaps of grades that no anchor informs follow the others.
/// Where it is known which shares of the items deserve which grade, that counts as much as `weightOfShares` items graded with those shares.
///
/// A point is: the middle cut; the logarithm of the typical gap; ln τ minus that; the logarithms of the gaps, less the typical one.
struct GradeModel {
    /// What an anchor tells.
    struct Observation {
        let ability: Double
        let variance: Double
        /// From 0 for the lowest.
        let grade: Int
    }

    let gradeCount: Int
    private(set) var observations: [Observation]
    /// Standard deviation of the abilities, in logits.
    let spread: Double
    /// The items to be graded, if anybody says which grades they should have on the whole.
    let population: Population?

    /// Items as a normal distribution, and the share of them that is expected to have each grade.
    struct Population {
        let mean: Double
        let variance: Double
        let expectedShares: [Double]
    }

    init(gradeCount: Int, observations: [Observation], spread: Double, population: Population? = nil) {
        self.gradeCount = gradeCount
        self.observations = observations
        self.spread = spread
        self.population = population
    }

    /// The same model with other anchors.
    func observing(_ observations: [Observation]) -> GradeModel {
        var model = self
        model.observations = observations
        return model
    }

    /// Deviation of ln gap about the typical one.
    private static let gapDeviation = 0.3
    /// Deviation of the prior on the logarithm of the typical gap, whose centre spreads the grades over four deviations of ability: with the
    /// shares that are expected of the named scales it would be 3.1 and 4.9.
    private static let typicalGapDeviation = 0.4
    private static let spreadsCovered = 4.0
    /// Centre and deviation of the prior on ln(τ / typical gap).
    private static let noise = (centre: -1.1, deviation: 0.6)
    /// Deviation of the prior on the middle cut, in deviations of ability.
    private static let middleDeviation = 2.0
    /// Share of anchors with a grade that says nothing.
    private static let lapse = 0.02
    /// Items that expected shares count for: about a third of a class, because one class differs from another.
    private static let weightOfShares = 10.0
    /// Share of a grade that is never undercut, so that an impossible grade costs much and not everything.
    private static let leastShare = 1e-9

    /// Where the parts of a point begin.
    private enum Part {
        static let middle = 0
        static let typicalGap = 1
        static let noise = 2
        static let gaps = 3
    }

    var dimension: Int { Part.gaps + max(0, gradeCount - 2) }
    private var cutCount: Int { gradeCount - 1 }
    private var middleCut: Int { cutCount / 2 }

    /// Where a search begins: the middle of the anchors, and even gaps that fit their spread.
    var start: [Double] {
        var point = Array(repeating: 0.0, count: dimension)
        point[Part.typicalGap] = ElementaryFunctions.log(Self.spreadsCovered * spread / Double(gradeCount))
        point[Part.noise] = Self.noise.centre
        let gap = ElementaryFunctions.exp(point[Part.typicalGap])
        let centred = observations.map { $0.ability - gap * (Double($0.grade - middleCut) - 0.5) }
        point[Part.middle] = centred.reduce(0, +) / Double(max(1, observations.count))
        return point
    }

    /// Cuts from the lowest to the highest; they rise because gaps are exponentials.
    func cuts(at point: [Double]) -> [Double] {
        var cuts = Array(repeating: point[Part.middle], count: cutCount)
        for cut in stride(from: middleCut + 1, to: cutCount, by: 1) { cuts[cut] = cuts[cut - 1] + gap(below: cut, at: point) }
        for cut in stride(from: middleCut - 1, through: 0, by: -1) { cuts[cut] = cuts[cut + 1] - gap(below: cut + 1, at: point) }
        return cuts
    }

    /// Spread with which people give grades, in logits.
    private func noise(at point: [Double]) -> Double {
        ElementaryFunctions.exp(point[Part.typicalGap] + point[Part.noise])
    }

    /// Logarithm of the posterior, but for a constant.
    func logDensity(at point: [Double]) -> Double {
        let typical = ElementaryFunctions.log(Self.spreadsCovered * spread / Double(gradeCount))
        var sum = Self.penalty(point[Part.middle], deviation: Self.middleDeviation * spread)
        sum += Self.penalty(point[Part.typicalGap] - typical, deviation: Self.typicalGapDeviation)
        sum += Self.penalty(point[Part.noise] - Self.noise.centre, deviation: Self.noise.deviation)
        for gap in point[Part.gaps...] { sum += Self.penalty(gap, deviation: Self.gapDeviation) }
        let cuts = cuts(at: point)
        let noise = noise(at: point)
        for observation in observations {
            let deviation = (observation.variance + noise * noise).squareRoot()
            let below = observation.grade == 0 ? 0 : Self.share(below: cuts[observation.grade - 1], observation, deviation)
            let within = observation.grade == cutCount ? 1 : Self.share(below: cuts[observation.grade], observation, deviation)
            let probability = max(0, within - below)
            sum += ElementaryFunctions.log((1 - Self.lapse) * probability + Self.lapse / Double(gradeCount))
        }
        return sum + (population.map { Self.logDensity(of: cuts, for: $0) } ?? 0)
    }

    /// Logarithm of the probability of `weightOfShares` items with the expected shares, given these cuts.
    private static func logDensity(of cuts: [Double], for population: Population) -> Double {
        let deviation = population.variance.squareRoot()
        var sum = 0.0
        var below = 0.0
        for (grade, expected) in population.expectedShares.enumerated() {
            let within =
                grade < cuts.count ? NormalDistribution.cumulative((cuts[grade] - population.mean) / deviation) : 1
            sum += expected * ElementaryFunctions.log(max(leastShare, within - below))
            below = within
        }
        return weightOfShares * sum
    }

    private func gap(below cut: Int, at point: [Double]) -> Double {
        ElementaryFunctions.exp(point[Part.typicalGap] + point[Part.gaps + cut - 1])
    }

    private static func share(below cut: Double, _ observation: Observation, _ deviation: Double) -> Double {
        NormalDistribution.cumulative((cut - observation.ability) / deviation)
    }

    private static func penalty(_ distance: Double, deviation: Double) -> Double {
        -0.5 * (distance / deviation) * (distance / deviation)
    }
}
