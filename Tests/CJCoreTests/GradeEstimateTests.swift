import Testing

@testable import CJCore

@Suite("Grade estimates")
struct GradeEstimateTests {
    private static let letters = GradeScale.swedish

    @Test(
        "The grade is the one in the middle of the distribution",
        arguments: [
            ([1, 0, 0, 0, 0, 0], "F"), ([0, 0, 0, 0, 0, 1], "A"), ([0.5, 0.5, 0, 0, 0, 0], "F"),
            ([0.499, 0.501, 0, 0, 0, 0], "E"), ([0.3, 0.1, 0.3, 0.3, 0, 0], "D"), ([0.4, 0, 0, 0, 0.15, 0.45], "B"),
        ] as [([Double], String)])
    func middle(probabilities: [Double], grade: String) {
        let estimate = Self.estimate(probabilities)
        #expect(estimate.grade == grade)
        #expect(estimate.confidence == probabilities[estimate.index])
    }

    @Test(
        "A set of grades is the shortest run that holds what is asked, and of those the most probable",
        arguments: [
            ([0.1, 0.2, 0.4, 0.2, 0.1, 0], 0.4, 2...2), ([0.1, 0.2, 0.4, 0.2, 0.1, 0], 0.41, 1...2),
            ([0.1, 0.2, 0.4, 0.25, 0.05, 0], 0.6, 2...3), ([0.1, 0.2, 0.4, 0.2, 0.1, 0], 0.9, 0...3),
            ([0.5, 0, 0, 0, 0, 0.5], 0.9, 0...5), ([0.1, 0.2, 0.4, 0.2, 0.1, 0], 1, 0...5),
        ] as [([Double], Double, ClosedRange<Int>)])
    func sets(probabilities: [Double], wanted: Double, range: ClosedRange<Int>) {
        let found = Self.estimate(probabilities).credibleGrades(wanted)
        #expect(found.count <= range.count)
        if wanted < 1 { #expect(found == range) }
    }

    @Test("An ability in the lowest or highest quarter of a grade has a step where the scale has one, and nowhere else")
    func steps() throws {
        let scale = try #require(GradeScale.named("swedish_8_anchor"))
        let draws = Self.draws(scale)
        let cuts = draws.cutScores(of: scale).map(\.ability)
        for grade in 1..<7 {
            let width = cuts[grade] - cuts[grade - 1]
            let parts: [(share: Double, step: GradeSteps)] = [
                (0.1, .minus), (0.2, .minus), (0.3, []), (0.5, []), (0.7, []), (0.8, .plus), (0.9, .plus),
            ]
            for (share, step) in parts {
                let estimate = draws.estimate(ability: cuts[grade - 1] + share * width, variance: 0, on: scale)
                #expect(estimate.index == grade)
                #expect(estimate.step == scale.steps[grade].intersection(step), "\(scale.grades[grade]) at \(share)")
            }
        }
        for ability in [-50.0, 50] { #expect(draws.estimate(ability: ability, variance: 0, on: scale).step == []) }
    }

    /// Borders that are all but certain: a hundred exact anchors in every grade.
    private static func draws(_ scale: GradeScale) -> GradeDraws {
        let observations = scale.grades.indices.flatMap { grade in
            (0..<100).map { place in
                GradeModel.Observation(
                    ability: Double(grade) - 3.5 + (Double(place) - 49.5) / 100, variance: 0, grade: grade)
            }
        }
        return GradeDraws(model: GradeModel(gradeCount: scale.grades.count, observations: observations, spread: 2), count: 2)
    }

    private static func estimate(_ probabilities: [Double]) -> GradeEstimate {
        let none = Array(repeating: 0.0, count: probabilities.count)
        return GradeEstimate(probabilities: probabilities, lowParts: none, highParts: none, gradeScale: letters)
    }
}
