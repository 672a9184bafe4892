import CJCore
import Testing

@Suite("Grade scales")
struct GradeScaleTests {
    @Test("A scale has two to twenty different, named grades")
    func sizes() throws {
        #expect(try GradeScale(grades: ["lower", "upper"]).grades.count == 2)
        #expect(try GradeScale(grades: (1...20).map(String.init)).index(of: "20") == 19)
        #expect(code { try GradeScale(grades: ["one"]) } == .badScale)
        #expect(code { try GradeScale(grades: (1...21).map(String.init)) } == .badScale)
        #expect(code { try GradeScale(grades: ["A", " "]) } == .badScale)
        #expect(code { try GradeScale(grades: ["A", "B", "A"]) } == .duplicateGrade)
    }

    @Test("The three scales of the system that went before are known by their names, with what they expected")
    func known() throws {
        let anchors = try #require(GradeScale.named("swedish_8_anchor"))
        #expect(anchors.grades == ["F", "E", "D", "D+", "C", "C+", "B", "A"])
        #expect(anchors.expectedShares?.map { ($0 * 100).rounded() } == [2, 8, 15, 20, 25, 15, 10, 5])
        #expect(GradeScale.named("ENG5_NP_legacy_9_step")?.grades == ["F+", "E-", "E+", "D-", "D+", "C-", "C+", "B", "A"])
        #expect(GradeScale.named("eng5_np_national_9_step")?.grades == ["1", "2", "3", "4", "5", "6", "7", "8", "9"])
        #expect(GradeScale.named("eng5_np_legacy_9_step_and_below")?.grades.prefix(2) == ["F", "F+"])
        #expect(GradeScale.named("eng5_np_national_9_step_and_below")?.grades.prefix(2) == ["0", "1"])
        #expect(GradeScale.named("unheard of") == nil)
        #expect(Set(GradeScale.named.map(\.name)).count == GradeScale.named.count)
    }

    @Test("Plus and minus steps are where a scale has them, and a grade that is an anchor's own has none")
    func steps() throws {
        let anchors = try #require(GradeScale.named("swedish_8_anchor"))
        let steps = Dictionary(uniqueKeysWithValues: zip(anchors.grades, anchors.steps))
        #expect(steps["E"] == [.minus, .plus] && steps["B"] == [.minus, .plus])
        #expect(steps["D"] == .minus && steps["C"] == .minus)
        for grade in ["F", "D+", "C+", "A"] { #expect(steps[grade] == []) }
        #expect(GradeScale.swedish.steps.allSatisfy { $0.isEmpty })
        #expect(try GradeScale(grades: ["1", "2", "3"], steps: [[], .plus, []]).steps[1] == .plus)
    }

    @Test("Steps for some grades only, or for one that is open to one side, are refused")
    func badSteps() {
        #expect(code { try GradeScale(grades: ["1", "2", "3"], steps: [[], .plus]) } == .badSteps)
        #expect(code { try GradeScale(grades: ["1", "2", "3"], steps: [[], .plus, [], []]) } == .badSteps)
        #expect(code { try GradeScale(grades: ["1", "2", "3"], steps: [.plus, [], []]) } == .badSteps)
        #expect(code { try GradeScale(grades: ["1", "2", "3"], steps: [[], [], .minus]) } == .badSteps)
    }

    @Test(
        "Expected shares add up to one within a hundredth",
        arguments: [([0.5, 0.49], true), ([0.5, 0.51], true), ([0.5, 0.489], false), ([0.5, 0.511], false), ([0, 1], true)])
    func totals(shares: [Double], isSound: Bool) throws {
        let code = code { try GradeScale(grades: ["1", "2"], expectedShares: shares) }
        #expect(code == (isSound ? nil : .badShares))
        guard isSound else { return }
        let kept = try #require(try GradeScale(grades: ["1", "2"], expectedShares: shares).expectedShares)
        #expect((kept.reduce(0, +) - 1).magnitude < 1e-15)
    }

    @Test("Expected shares are one for each grade, and from zero to one")
    func shares() {
        #expect(code { try GradeScale(grades: ["1", "2"], expectedShares: [1]) } == .badShares)
        #expect(code { try GradeScale(grades: ["1", "2"], expectedShares: [0.5, 0.5, 0]) } == .badShares)
        #expect(code { try GradeScale(grades: ["1", "2"], expectedShares: [-0.001, 1.001]) } == .badShares)
        #expect(code { try GradeScale(grades: ["1", "2"], expectedShares: [.nan, 1]) } == .badShares)
        #expect(code { try GradeScale(grades: ["1", "2"], expectedShares: []) } == .badShares)
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
