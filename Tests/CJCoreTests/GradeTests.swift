import CJCore
import Testing

@Suite("Grades")
struct GradeTests {
    private static let letters = ["F", "E", "D", "C", "B", "A"]

    @Test("Probabilities add up to one, and better essays do not have worse grades")
    func probabilities() throws {
        let (simulation, scale) = Self.assessment(seed: 3)
        let projection = try GradeProjection(
            scale: scale, anchors: Self.anchors(simulation), gradeScale: try GradeScale(grades: Self.letters))
        for item in scale.items {
            let estimate = projection.grade(of: item)
            #expect(estimate.probabilities.count == 6)
            #expect((estimate.probabilities.reduce(0, +) - 1).magnitude < 1e-12)
            #expect(estimate.probabilities.allSatisfy { $0 >= 0 })
            let place = try #require(projection.gradeScale.index(of: estimate.grade))
            #expect(place == estimate.index && estimate.probabilities[place] == estimate.confidence)
            // Half of the distribution lies at or below the grade, and half at or above it.
            #expect(estimate.probabilities[...place].reduce(0, +) >= 0.5 - 1e-9)
            #expect(estimate.probabilities[place...].reduce(0, +) >= 0.5 - 1e-9)
            #expect(estimate.step == [])
            #expect(estimate.confidence < 0.999)
        }
        let order = scale.items.sorted { scale.estimate(of: $0).ability < scale.estimate(of: $1).ability }
        let means = order.map { item in
            projection.grade(of: item).probabilities.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
        }
        let lowest = try #require(means.first)
        let highest = try #require(means.last)
        #expect(highest - lowest > 2)
        for (one, other) in zip(means, means.dropFirst()) { #expect(other > one - 0.35) }
    }

    @Test("Cuts rise, and have errors")
    func cuts() throws {
        let (simulation, scale) = Self.assessment(seed: 3)
        let projection = try GradeProjection(
            scale: scale, anchors: Self.anchors(simulation), gradeScale: try GradeScale(grades: Self.letters))
        #expect(projection.cutScores.map(\.lower) == ["F", "E", "D", "C", "B"])
        #expect(projection.cutScores.map(\.upper) == ["E", "D", "C", "B", "A"])
        for (one, other) in zip(projection.cutScores, projection.cutScores.dropFirst()) { #expect(one.ability < other.ability) }
        #expect(projection.cutScores.allSatisfy { $0.standardError > 0.05 && $0.standardError < 5 })
    }

    @Test("Simulated classes get their grades back, most of them exactly")
    func recovery() throws {
        var (exact, distance, total, stated) = (0, 0, 0, 0.0)
        for seed in 0..<6 {
            let (simulation, scale) = Self.assessment(seed: UInt64(seed))
            let anchors = Self.anchors(simulation)
            let gradeScale = try GradeScale(grades: Self.letters)
            let projection = try GradeProjection(scale: scale, anchors: anchors, gradeScale: gradeScale)
            for item in scale.items where !anchors.contains(where: { $0.item == item }) {
                let estimate = projection.grade(of: item)
                let grade = try #require(gradeScale.index(of: estimate.grade))
                let truth = Self.grade(simulation.ability(item))
                exact += grade == truth ? 1 : 0
                distance += abs(grade - truth)
                total += 1
                stated += estimate.confidence
            }
        }
        #expect(Double(exact) / Double(total) > 0.5)
        #expect(Double(distance) / Double(total) < 0.65)
        // What is said to be right with probability p is right about as often.
        #expect((stated / Double(total) - Double(exact) / Double(total)).magnitude < 0.15)
    }

    @Test("The order of the anchors changes nothing, and the same input gives the same grades")
    func determinism() throws {
        let (simulation, scale) = Self.assessment(seed: 5)
        let anchors = Self.anchors(simulation)
        let gradeScale = try GradeScale(grades: Self.letters)
        let one = try GradeProjection(scale: scale, anchors: anchors, gradeScale: gradeScale)
        let other = try GradeProjection(scale: scale, anchors: anchors.reversed(), gradeScale: gradeScale)
        #expect(one.cutScores == other.cutScores)
        for item in scale.items { #expect(one.grade(of: item) == other.grade(of: item)) }
    }

    @Test("Two grades are enough for a start, and what they do not say is said")
    func twoGrades() throws {
        let (simulation, scale) = Self.assessment(seed: 1)
        let order = simulation.items.sorted { scale.estimate(of: $0).ability < scale.estimate(of: $1).ability }
        let anchors = [Anchor(item: order[4], grade: "E"), Anchor(item: order[20], grade: "B")]
        let gradeScale = try GradeScale(grades: Self.letters)
        let few = try GradeProjection(scale: scale, anchors: anchors, gradeScale: gradeScale)
        let many = try GradeProjection(scale: scale, anchors: Self.anchors(simulation), gradeScale: gradeScale)
        #expect(few.notes.contains(.gradesWithoutAnchor(["F", "D", "C", "A"])))
        #expect(many.notes.isEmpty)
        let width = { (projection: GradeProjection) in projection.cutScores.reduce(0) { $0 + $1.standardError } }
        #expect(width(few) > width(many))
    }

    @Test("A scale of two grades works", arguments: [0.0, 1.0])
    func passOrFail(shift: Double) throws {
        let (simulation, scale) = Self.assessment(seed: 2)
        let anchors = simulation.items.prefix(8).map { item in
            Anchor(item: item, grade: simulation.ability(item) > shift ? "pass" : "fail")
        }
        let projection = try GradeProjection(
            scale: scale, anchors: anchors, gradeScale: try GradeScale(grades: ["fail", "pass"]))
        #expect(projection.cutScores.count == 1)
        let best = try #require(scale.items.max { scale.estimate(of: $0).ability < scale.estimate(of: $1).ability })
        #expect(projection.grade(of: best).grade == "pass")
    }

    @Test("Too few grades, inverted anchors and strangers are refused with the reason")
    func refusals() throws {
        let (simulation, scale) = Self.assessment(seed: 7)
        let gradeScale = try GradeScale(grades: Self.letters)
        let order = simulation.items.sorted { scale.estimate(of: $0).ability < scale.estimate(of: $1).ability }
        func refusal(_ anchors: [Anchor]) -> GradeError.Code? {
            code { try GradeProjection(scale: scale, anchors: anchors, gradeScale: gradeScale) }
        }
        #expect(refusal([]) == .tooFewGrades)
        #expect(refusal([Anchor(item: order[0], grade: "C")]) == .tooFewGrades)
        #expect(refusal([Anchor(item: order[0], grade: "C"), Anchor(item: order[9], grade: "C")]) == .tooFewGrades)
        #expect(refusal([Anchor(item: order[0], grade: "C"), Anchor(item: "stranger", grade: "A")]) == .unknownAnchor)
        #expect(refusal([Anchor(item: order[0], grade: "C"), Anchor(item: order[0], grade: "A")]) == .unknownAnchor)
        #expect(refusal([Anchor(item: order[0], grade: "C"), Anchor(item: order[9], grade: "G")]) == .unknownGrade)
        #expect(
            refusal([Anchor(item: order[0], grade: "A"), Anchor(item: order[20], grade: "F")])
                == .invertedAnchors(contradictions: 1, pairs: 1))
        #expect(refusal([Anchor(item: order[0], grade: "F"), Anchor(item: order[20], grade: "A")]) == nil)
    }

    @Test("An anchor that stands in the wrong place widens the grades and is named")
    func inversion() throws {
        let (simulation, scale) = Self.assessment(seed: 9)
        let gradeScale = try GradeScale(grades: Self.letters)
        let order = simulation.items.sorted { scale.estimate(of: $0).ability < scale.estimate(of: $1).ability }
        let places = [0, 5, 10, 15, 20, 25]
        let straight = zip(places, Self.letters).map { Anchor(item: order[$0], grade: $1) }
        let crooked = zip(places, ["F", "E", "A", "C", "B", "D"]).map { Anchor(item: order[$0], grade: $1) }
        let one = try GradeProjection(scale: scale, anchors: straight, gradeScale: gradeScale)
        let other = try GradeProjection(scale: scale, anchors: crooked, gradeScale: gradeScale)
        #expect(one.notes.isEmpty)
        #expect(
            other.notes.contains(
                .anchorsInverted(lower: Anchor(item: order[25], grade: "D"), higher: Anchor(item: order[10], grade: "A"))))
        let confidence = { (projection: GradeProjection) in
            scale.items.reduce(0) { $0 + projection.grade(of: $1).confidence }
        }
        #expect(confidence(other) < confidence(one))
    }

    /// Thirty essays with abilities N(0, 2²), judged 300 times.
    private static func assessment(seed: UInt64) -> (Simulation, Scale) {
        var simulation = Simulation(items: 30, deviation: 2, seed: 900 + seed)
        let scale = simulation.run(RandomPairing(), comparisons: 300, step: 300).scale
        return (simulation, scale)
    }

    /// Grades of equal width, 1.2 logits, around zero.
    private static func grade(_ ability: Double) -> Int {
        min(5, max(0, Int((ability / 1.2 + 3).rounded(.down))))
    }

    /// Two anchors of each grade, as far as there are so many.
    private static func anchors(_ simulation: Simulation) -> [Anchor] {
        letters.indices.flatMap { grade in
            simulation.items.filter { Self.grade(simulation.ability($0)) == grade }.prefix(2).map {
                Anchor(item: $0, grade: letters[grade])
            }
        }
    }

    private func code(_ body: () throws -> Any) -> GradeError.Code? {
        do {
            _ = try body()
            return nil
        } catch let error as GradeError {
            return error.code
        } catch {
            return nil
        }
    }
}
