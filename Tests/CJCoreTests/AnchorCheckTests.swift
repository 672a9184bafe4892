import Testing

@testable import CJCore

/// Anchors graded by the others.
@Suite("Check of the anchors")
struct AnchorCheckTests {
    /// Published scores of the twelve anchors of one batch of the system that went before, with the grades of the examiners.
    private static let batch108: [(grade: String, score: Double)] = [
        ("F+", -5.04), ("F+", -6.31), ("E-", -7.99), ("E+", -3.24), ("D-", -4.05), ("D+", -1.88), ("C-", -1.99), ("C+", -0.03),
        ("B", 2.95), ("B", 2.94), ("A", 3.72), ("A", 2.31),
    ]

    @Test(
        "On the anchors of batch 108 grades err by less than a step, where those before erred by 1.33 and by four at worst",
        arguments: [0, 0.5, 1, 1.4])
    func batch108(error: Double) throws {
        let scale = try #require(GradeScale.named("eng5_np_legacy_9_step"))
        let observations = try Self.batch108.map { anchor in
            GradeModel.Observation(
                ability: anchor.score, variance: error * error, grade: try #require(scale.index(of: anchor.grade)))
        }
        let spread = (Self.batch108.reduce(0) { $0 + $1.score * $1.score } / Double(Self.batch108.count)).squareRoot()
        let model = GradeModel(gradeCount: scale.grades.count, observations: observations, spread: spread)
        let draws = GradeDraws(model: model, count: 400)
        let errors = observations.map { anchor in
            draws.estimate(ability: anchor.ability, variance: anchor.variance, on: scale).index - anchor.grade
        }
        let mean = Double(errors.reduce(0) { $0 + abs($1) }) / Double(errors.count)
        let bias = Double(errors.reduce(0, +)) / Double(errors.count)
        #expect(mean <= 0.84)
        #expect(errors.allSatisfy { abs($0) <= 2 })
        #expect(bias.magnitude < 0.2)
        // Each graded by the other eleven alone.
        let left = observations.indices.map { place in
            var others = observations
            let anchor = others.remove(at: place)
            let estimate = GradeDraws(model: model.observing(others), count: 200)
                .estimate(ability: anchor.ability, variance: anchor.variance, on: scale)
            return estimate.index - anchor.grade
        }
        #expect(Double(left.reduce(0) { $0 + abs($1) }) / Double(left.count) < 1)
        #expect(left.allSatisfy { abs($0) <= 2 })
    }

    @Test("Anchors in the order of their grades are hardly missed, and none is inverted")
    func straight() throws {
        let check = try Self.check(grades: [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
        #expect(check.entries.count == 12 && check.inversions == 0 && check.pairs == 60)
        #expect(try #require(check.meanError) < 0.5)
        #expect(check.worstError <= 1)
        for entry in check.entries {
            let predicted = try #require(entry.predicted)
            #expect(entry.error == predicted.index - (try #require(GradeScale.swedish.index(of: entry.anchor.grade))))
            #expect(entry.probability == predicted.probabilities[predicted.index - entry.error])
        }
    }

    @Test("An anchor in the wrong place is missed by the others, by as many steps as it is wrong")
    func crooked() throws {
        let check = try Self.check(grades: [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 0])
        #expect(check.inversions == 9)
        #expect(check.worstError >= 4)
        #expect(check.entries.last?.error == check.worstError)
        #expect(try #require(check.bias) > 0)
    }

    @Test("What the others cannot say is left open")
    func loneGrade() throws {
        let check = try Self.check(grades: [1, 1, 4])
        #expect(check.entries.map { $0.predicted == nil } == [false, false, true])
        #expect(check.entries[2].error == 0 && check.entries[2].probability == 0)
        let two = try Self.check(grades: [1, 4])
        #expect(two.meanError == nil && two.bias == nil && two.worstError == 0)
    }

    @Test("Forty anchors are left out one by one, and more of them in forty groups", arguments: [40, 41, 120])
    func many(count: Int) throws {
        let check = try Self.check(grades: (0..<count).map { $0 * 6 / count })
        #expect(check.entries.count == count)
        #expect(check.entries.allSatisfy { $0.predicted != nil })
        #expect(try #require(check.meanError) < 0.5)
    }

    /// Anchors half a logit apart from the lowest to the highest, with these grades.
    private static func check(grades: [Int]) throws -> AnchorCheck {
        let scale = LadderScale.scale(count: grades.count)
        let anchors = zip(scale.items, grades).map { GradedAnchor(item: $0, grade: $1) }
        let order = AnchorOrder(anchors: anchors, scale: scale, clearInversion: 1.64)
        let observations = anchors.map { anchor in
            GradeModel.Observation(ability: scale.estimate(of: anchor.item).ability, variance: 0.04, grade: anchor.grade)
        }
        let model = GradeModel(gradeCount: 6, observations: observations, spread: scale.priorStandardDeviation)
        return AnchorCheck(anchors: anchors, order: order, model: model, gradeScale: .swedish)
    }
}

/// A scale on which items stand in the order of their names.
private enum LadderScale {
    static func scale(count: Int) -> Scale {
        let items = (0..<count).map { Item.ID("anchor-\(100 + $0)") }
        var judgements: [Judgement] = []
        for low in items.indices {
            for high in items.indices where high > low && high <= low + 6 {
                for turn in 0..<4 {
                    // The nearer two items are, the more often the lower one wins.
                    let isUpset = turn == 0 && high == low + 1
                    judgements.append(
                        isUpset
                            ? win(items[low], over: items[high]) : win(items[high], over: items[low], shownSecond: turn % 2 == 1))
                }
            }
        }
        return ScaleEstimator().estimate(items: items, judgements: judgements)
    }
}
