import CJCore
import Testing

@Suite("Alignment of a judge with graded anchors")
struct AnchorAlignmentTests {
    private static let grades = ["F", "E", "D", "C", "B", "A"]

    @Test("A judge that orders as the grades do has a τ-b of one among untied pairs, no inversion and no anchor without a win")
    func perfect() throws {
        let anchors = Self.anchors(twoOf: Self.grades)
        let alignment = try AnchorAlignment(
            anchors: anchors, gradeScale: .swedish, repeats: [Self.run(anchors) { $0 > $1 }, Self.run(anchors) { $0 > $1 }])
        // Twelve anchors, two of each grade: six of the sixty-six pairs are tied in grades, none in abilities.
        let best = 60 / (66.0 * 60).squareRoot()
        #expect((alignment.pooledKendallTau - best).magnitude < 0.02)
        #expect(alignment.directInversions.mean == 0 && alignment.directInversions.repeats == [0, 0])
        #expect(alignment.zeroWinAnchors.mean == 0)
        #expect(alignment.inversions.isEmpty)
        #expect(alignment.kendallTau.interval.contains(alignment.kendallTau.mean))
        #expect(alignment.standings.map(\.expectedRanks.lowerBound) == [1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11])
        for standing in alignment.standings {
            #expect(standing.estimate.wins + standing.losses == standing.estimate.comparisons)
        }
    }

    @Test("Ties in grades are no order: a judge without one gets a τ near zero, whatever the order of the list")
    func noOrder() throws {
        let anchors = [Anchor(item: "a", grade: "E"), Anchor(item: "b", grade: "E"), Anchor(item: "c", grade: "A")]
        let none = try AnchorAlignment(anchors: anchors, gradeScale: .swedish, repeats: [[]])
        #expect(none.pooledKendallTau == 0 && none.kendallTau.repeats == [0])
        #expect(none.directInversions.mean == 0 && none.zeroWinAnchors.mean == 0)
    }

    @Test("An inversion is a pair whose lower anchor won at least once, and is told with how often")
    func inversions() throws {
        let anchors = Self.grades.enumerated().map { Anchor(item: Item.ID("anchor-\($0)"), grade: $1) }
        // In the first of three repeats D beats A, in the second D beats A and C, in the third nobody is upset.
        let upsets: [Set<[Int]>] = [[[2, 5]], [[2, 5], [2, 3]], []]
        let repeats = upsets.map { upset in
            Self.run(anchors) { upset.contains([$0, $1]) || ($0 > $1 && !upset.contains([$1, $0])) }
        }
        let alignment = try AnchorAlignment(anchors: anchors, gradeScale: .swedish, repeats: repeats)
        #expect(alignment.directInversions.repeats == [1, 2, 0])
        #expect(alignment.directInversions.mean == 1)
        #expect(alignment.inversions.map(\.lower.grade) == ["D", "D"] && alignment.inversions.map(\.higher.grade) == ["A", "C"])
        #expect(alignment.inversions.map(\.times) == [2, 1] && alignment.inversions.map(\.judgements) == [3, 3])
        let standing = try #require(alignment.standings.first { $0.anchor.grade == "A" })
        #expect(standing.losses == 2 && standing.estimate.comparisons == 15)
    }

    @Test("An anchor without a win counts unless its grade is the lowest")
    func zeroWins() throws {
        let anchors = Self.grades.enumerated().map { Anchor(item: Item.ID("anchor-\($0)"), grade: $1) }
        // C loses to everybody, F too: F may.
        let order = [1, 2, 3, 0, 4, 5]
        let alignment = try AnchorAlignment(
            anchors: anchors, gradeScale: .swedish, repeats: [Self.run(anchors) { order[$0] > order[$1] }])
        #expect(alignment.zeroWinAnchors.repeats == [1])
        let straight = try AnchorAlignment(anchors: anchors, gradeScale: .swedish, repeats: [Self.run(anchors) { $0 > $1 }])
        #expect(straight.zeroWinAnchors.repeats == [0])
    }

    @Test("Intervals hold what further repeats bring, and the same input gives the same intervals")
    func intervals() throws {
        var (held, count) = (0, 0)
        for seed in 0..<6 {
            let (anchors, runs) = Self.noisyRuns(seed: UInt64(seed), count: 4)
            let alignment = try AnchorAlignment(anchors: anchors, gradeScale: .swedish, repeats: [runs[0]])
            if seed == 0 {
                let again = try AnchorAlignment(anchors: anchors, gradeScale: .swedish, repeats: [runs[0]])
                #expect(alignment.kendallTau == again.kendallTau && alignment.directInversions == again.directInversions)
            }
            for run in runs.dropFirst() {
                let next = try AnchorAlignment(anchors: anchors, gradeScale: .swedish, repeats: [run])
                held += alignment.kendallTau.interval.contains(next.kendallTau.mean) ? 1 : 0
                held += alignment.directInversions.interval.contains(next.directInversions.mean) ? 1 : 0
                count += 2
            }
        }
        #expect(Double(held) / Double(count) > 0.85)
    }

    @Test("More repeats narrow the intervals")
    func repeats() throws {
        let (anchors, runs) = Self.noisyRuns(seed: 5, count: 4)
        let one = try AnchorAlignment(anchors: anchors, gradeScale: .swedish, repeats: Array(runs.prefix(1))).kendallTau.interval
        let four = try AnchorAlignment(anchors: anchors, gradeScale: .swedish, repeats: runs).kendallTau.interval
        #expect(four.upperBound - four.lowerBound < one.upperBound - one.lowerBound)
    }

    @Test("Unknown grades, anchors that are there twice and anchors of one grade are refused, not called aligned")
    func refusals() {
        func code(_ anchors: [Anchor]) -> GradeError.Code? {
            do throws(GradeError) {
                _ = try AnchorAlignment(anchors: anchors, gradeScale: .swedish, repeats: [[]])
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code([]) == .tooFewGrades)
        #expect(code([Anchor(item: "a", grade: "A"), Anchor(item: "b", grade: "A")]) == .tooFewGrades)
        #expect(code([Anchor(item: "a", grade: "A"), Anchor(item: "b", grade: "A-")]) == .unknownGrade)
        #expect(code([Anchor(item: "a", grade: "A"), Anchor(item: "a", grade: "B")]) == .unknownAnchor)
        #expect(code([Anchor(item: "a", grade: "A"), Anchor(item: "b", grade: "B")]) == nil)
    }

    private static func anchors(twoOf grades: [String]) -> [Anchor] {
        grades.enumerated().flatMap { place, grade in
            (0..<2).map { Anchor(item: Item.ID("anchor-\(10 + 2 * place + $0)"), grade: grade) }
        }
    }

    /// Every pair once; who wins is asked by place.
    private static func run(_ anchors: [Anchor], wins: (Int, Int) -> Bool) -> [Judgement] {
        anchors.indices.flatMap { one in
            (0..<one).map { other in
                wins(one, other)
                    ? win(anchors[one].item, over: anchors[other].item, shownSecond: (one + other) % 2 == 0)
                    : win(anchors[other].item, over: anchors[one].item, shownSecond: (one + other) % 2 == 0)
            }
        }
    }

    /// Anchors with grades by their true abilities, and runs over all pairs by a logistic judge.
    private static func noisyRuns(seed: UInt64, count: Int) -> ([Anchor], [[Judgement]]) {
        var simulation = Simulation(items: 12, deviation: 2, seed: 300 + seed)
        let order = simulation.items.sorted { simulation.ability($0) < simulation.ability($1) }
        let anchors = order.enumerated().map { Anchor(item: $1, grade: grades[$0 / 2]) }
        let runs = (0..<count).map { _ in
            order.indices.flatMap { one in
                (0..<one).compactMap { other -> Judgement? in
                    let (first, second) = (one + other) % 2 == 0 ? (order[one], order[other]) : (order[other], order[one])
                    // Two places of an order never hold one item.
                    guard let comparison = try? Comparison(first: first, second: second) else { return nil }
                    return simulation.judge(comparison)
                }
            }
        }
        return (anchors, runs)
    }
}
