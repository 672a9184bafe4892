/// How well a judge's order of anchors agrees with their grades, over one or several repeats of the same run.
///
/// Grades are not used to fit anything: anchors are judged like any essays, and what comes out is held against the grades.
public struct AnchorAlignment: Sendable {
    /// A figure with the values of the single repeats.
    public struct Figure: Sendable, Hashable {
        /// Mean over the repeats.
        public let mean: Double
        /// One value for each repeat, in their order.
        public let repeats: [Double]
        /// Where the mean of as many further repeats would lie with 95 % probability: the mean, plus what two simulated measurements with
        /// these anchors differ by.
        public let interval: ClosedRange<Double>
    }

    /// One anchor, by all repeats together.
    public struct Standing: Sendable, Hashable {
        public let anchor: Anchor
        public let estimate: ItemEstimate
        /// First and last rank that its grade allows: anchors of one grade share their ranks.
        public let expectedRanks: ClosedRange<Int>
        /// Judgements that it lost; with its wins and ties they are all.
        public let losses: Int
    }

    /// A pair of anchors of which the one with the lower grade won.
    public struct Inversion: Sendable, Hashable {
        public let lower: Anchor
        public let higher: Anchor
        /// Judgements that the lower one won, and all judgements of the pair.
        public let times: Int
        public let judgements: Int
    }

    /// Kendall's τ-b between abilities and grades; ties in grades count for neither side.
    public let kendallTau: Figure
    /// The same from all repeats together.
    public let pooledKendallTau: Double
    /// Where the same figure of as many further repeats would lie with 95 % probability.
    public let pooledKendallTauInterval: ClosedRange<Double>
    /// Pairs of which the anchor with the lower grade won at least once.
    public let directInversions: Figure
    /// Anchors, those of the lowest grade aside, that won against nobody; the lowest may lose to all.
    public let zeroWinAnchors: Figure
    /// By ability, best first.
    public let standings: [Standing]
    /// By the share of judgements that went the wrong way, the largest first.
    public let inversions: [Inversion]
    /// The scale of all repeats together.
    public let scale: Scale

    /// Simulated repetitions behind an interval.
    private static let repetitions = 200

    /// Compares judgements with grades.
    ///
    /// Refused when a grade is unknown, an anchor is there twice, or anchors have fewer than two different grades: then nothing can agree.
    /// - Parameters:
    ///   - repeats: The judgements of each repeat, at least one; those of other essays are left out.
    ///   - seed: From which the intervals follow.
    public init(anchors: [Anchor], gradeScale: GradeScale, repeats: [[Judgement]], seed: UInt64 = 1) throws(GradeError) {
        precondition(!repeats.isEmpty, "there is at least one repeat")
        let grades = try Self.grades(of: anchors, on: gradeScale)
        let items = anchors.map(\.item)
        let kept = repeats.map { $0.filter { grades[$0.comparison.first] != nil && grades[$0.comparison.second] != nil } }
        let scale = ScaleEstimator().estimate(items: items, judgements: kept.flatMap(\.self))
        let counts = kept.map { RunFigures(grades: grades, judgements: $0) }
        var simulated: [(tau: Double, pooledTau: Double, inversions: Double, zeroWins: Double)] = []
        var again = RepeatedRuns(scale: scale, seed: seed)
        for _ in 0..<Self.repetitions {
            let judgements = kept.map { again.repetition(of: $0) }
            let runs = judgements.map { RunFigures(grades: grades, judgements: $0) }
            let count = Double(runs.count)
            let pooled = runs.count == 1 ? runs[0] : RunFigures(grades: grades, judgements: judgements.flatMap(\.self))
            simulated.append(
                (
                    runs.reduce(0) { $0 + $1.kendallTau } / count, pooled.kendallTau,
                    runs.reduce(0) { $0 + Double($1.inversions.count) } / count,
                    runs.reduce(0) { $0 + Double($1.zeroWins.count) } / count
                ))
        }
        kendallTau = Figure(repeats: counts.map(\.kendallTau), simulated: simulated.map(\.tau), within: -1...1)
        let most = Double(anchors.count * (anchors.count - 1) / 2)
        directInversions = Figure(
            repeats: counts.map { Double($0.inversions.count) }, simulated: simulated.map(\.inversions), within: 0...most)
        zeroWinAnchors = Figure(
            repeats: counts.map { Double($0.zeroWins.count) }, simulated: simulated.map(\.zeroWins),
            within: 0...Double(anchors.count))
        let all = RunFigures(grades: grades, judgements: kept.flatMap(\.self), scale: scale)
        pooledKendallTau = all.kendallTau
        pooledKendallTauInterval =
            Figure(repeats: [all.kendallTau], simulated: simulated.map(\.pooledTau), within: -1...1).interval
        let named = Dictionary(uniqueKeysWithValues: anchors.map { ($0.item, $0) })
        inversions = all.inversions.compactMap { pair, times in
            guard let lower = named[pair.lower], let higher = named[pair.higher] else { return nil }
            return Inversion(lower: lower, higher: higher, times: times, judgements: all.judgementsOfPair[pair] ?? times)
        }.sorted { one, other in
            let (left, right) = (one.times * other.judgements, other.times * one.judgements)
            return left == right ? (one.lower.item, one.higher.item) < (other.lower.item, other.higher.item) : left > right
        }
        standings = anchors.map { anchor in
            let grade = grades[anchor.item] ?? 0
            let above = grades.values.count { $0 > grade }
            let alike = grades.values.count { $0 == grade }
            return Standing(
                anchor: anchor, estimate: scale.estimate(of: anchor.item), expectedRanks: (above + 1)...(above + alike),
                losses: all.losses[anchor.item] ?? 0)
        }.sorted { ($1.estimate.ability, $0.anchor.item) < ($0.estimate.ability, $1.anchor.item) }
        self.scale = scale
    }

    private static func grades(of anchors: [Anchor], on gradeScale: GradeScale) throws(GradeError) -> [Item.ID: Int] {
        var grades: [Item.ID: Int] = [:]
        for anchor in anchors {
            guard let grade = gradeScale.index(of: anchor.grade) else {
                throw GradeError(.unknownGrade, "the anchor \(anchor.item) has the grade \(anchor.grade), which the scale lacks")
            }
            guard grades.updateValue(grade, forKey: anchor.item) == nil else {
                throw GradeError(.unknownAnchor, "the anchor \(anchor.item) is there twice")
            }
        }
        guard Set(grades.values).count >= 2 else {
            throw GradeError(.tooFewGrades, "anchors of at least two different grades are needed")
        }
        return grades
    }
}

extension AnchorAlignment.Figure {
    /// A figure, with the same measurement simulated many times; values outside `range` there cannot be.
    fileprivate init(repeats: [Double], simulated: [Double], within range: ClosedRange<Double>) {
        let mean = repeats.reduce(0, +) / Double(repeats.count)
        let differences = zip(simulated, simulated.dropFirst() + simulated.prefix(1)).map { $0 - $1 }.sorted()
        let tail = differences.count / 40
        func limited(_ value: Double) -> Double { min(max(value, range.lowerBound), range.upperBound) }
        self.init(
            mean: mean, repeats: repeats,
            interval: limited(mean + differences[tail])...limited(mean + differences[differences.count - 1 - tail]))
    }
}
