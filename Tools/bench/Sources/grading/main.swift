// Grades of simulated classes, beside those by the rule of the system that went before.
//
//     swift run -c release --package-path Tools/bench grading [CLASSES]
import CJCore
import Foundation

let gradeScale = try GradeScale(grades: SimulatedClass.grades)
let places = gradeScale.grades.indices

/// Grades so many classes both ways.
func tallies(_ setting: SimulatedClass.Setting, classes: Int) throws -> (before: GradeTally, now: GradeTally, refused: Int) {
    var before = GradeTally(gradeCount: places.count)
    var now = GradeTally(gradeCount: places.count)
    var refused = 0
    for seed in 0..<classes {
        let simulated = SimulatedClass(setting, seed: UInt64(7_000 + seed))
        let scale = simulated.scale
        now.beginClass()
        let rule = PredecessorRule(
            anchors: simulated.anchors.map { (scale.estimate(of: $0.item).ability, gradeScale.index(of: $0.grade) ?? 0) },
            gradeCount: places.count)
        for student in simulated.students {
            before.add(rule.grade(of: scale.estimate(of: student).ability), truth: simulated.grade(of: student))
        }
        do {
            let projection = try GradeProjection(scale: scale, anchors: simulated.anchors, gradeScale: gradeScale)
            for student in simulated.students {
                let estimate = projection.grade(of: student)
                let truth = simulated.grade(of: student)
                now.add(estimate.index, truth: truth)
                now.add(
                    probabilities: estimate.probabilities, given: estimate.index, set: estimate.credibleGrades(0.9), truth: truth)
            }
        } catch {
            refused += 1
        }
    }
    return (before, now, refused)
}

func line(_ cells: [String]) -> String {
    cells.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }.joined()
}

func number(_ value: Double, _ places: Int = 3) -> String { String(format: "%.\(places)f", value) }

let classes = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 400
print(
    """
    \(classes) classes of 30; ± is the standard error of exact; ECE over all probabilities, and over those of the given grades; 'chance' is
    what it would be, on the mean, were all probabilities right; 'ends' and 'between' are the share of given grades that is right, and after
    it what was said of it, of the lowest and highest grade and of the others
    """)
print(
    line([
        "anchors", "rounds", "borders", "rule", "exact", "±", "QWK", "MAE", "bias", "ECE", "chance", "of given", "chance", "ends",
        "said",
        "between", "said", "90 % in", "set of", "refused",
    ]))
for hasUnevenBorders in [false, true] {
    for (anchors, rounds) in [(1, 12), (1, 20), (2, 12), (2, 20), (3, 20)] {
        let setting = SimulatedClass.Setting(anchorsPerGrade: anchors, rounds: rounds, hasUnevenBorders: hasUnevenBorders)
        let (before, now, refused) = try tallies(setting, classes: classes)
        let head = [String(anchors), String(rounds), hasUnevenBorders ? "uneven" : "even"]
        for (name, tally) in [("before", before), ("now", now)] {
            let agreement = [tally.exact, tally.exactError, tally.quadraticKappa, tally.meanError, tally.bias].map { number($0) }
            let stated =
                name == "now"
                ? [
                    number(tally.stated.error, 4), number(tally.stated.errorByChance, 4), number(tally.statedOfGrade.error, 4),
                    number(tally.statedOfGrade.errorByChance, 4), number(tally.exactAtEnds.true), number(tally.exactAtEnds.said),
                    number(tally.exactBetween.true), number(tally.exactBetween.said), number(tally.coverage),
                    number(tally.meanSize, 2),
                    String(refused),
                ] : []
            print(line(head + [name] + agreement + stated))
        }
    }
}
