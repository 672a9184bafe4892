import CJCore
import Testing

/// Classes of thirty with one anchor of each of six grades, every essay compared twelve times in balanced rounds by a judge with whims.
/// `Tools/bench grading` runs the like at length, with the estimator about the mean.
@Suite("Grades of simulated classes")
struct GradeSimulationTests {
    private static let grades = ["F", "E", "D", "C", "B", "A"]
    private static let borders = [-2.1, -1.05, 0, 1.05, 2.1]
    private static let classes = 24

    @Test("More than half of the grades are exact, few are far off, and what is said of them is true")
    func accuracy() throws {
        let gradeScale = try GradeScale(grades: Self.grades)
        var (count, exact, squares, covered, size) = (0.0, 0.0, 0.0, 0.0, 0.0)
        var (given, truths): ([Double], [Double]) = ([], [])
        var bins = Array(repeating: (count: 0.0, said: 0.0, fulfilled: 0.0), count: 10)
        for seed in 0..<Self.classes {
            let simulated = Self.simulatedClass(seed: UInt64(seed))
            let projection = try GradeProjection(scale: simulated.scale, anchors: simulated.anchors, gradeScale: gradeScale)
            for (student, truth) in simulated.truths {
                let estimate = projection.grade(of: student)
                count += 1
                exact += estimate.index == truth ? 1 : 0
                squares += Double((estimate.index - truth) * (estimate.index - truth))
                given.append(Double(estimate.index))
                truths.append(Double(truth))
                let set = estimate.credibleGrades(0.9)
                covered += set.contains(truth) ? 1 : 0
                size += Double(set.count)
                for (grade, probability) in estimate.probabilities.enumerated() {
                    let bin = min(9, Int(probability * 10))
                    bins[bin].count += 1
                    bins[bin].said += probability
                    bins[bin].fulfilled += grade == truth ? 1 : 0
                }
            }
        }
        // Mean squared distance of two unrelated draws from these marginals.
        let chance = given.reduce(0) { sum, one in sum + truths.reduce(0) { $0 + (one - $1) * (one - $1) } } / count
        #expect(exact / count >= 0.53)
        #expect(1 - squares / chance >= 0.85)
        #expect(covered / count >= 0.9)
        #expect(size / count <= 3.1)
        let calibration = bins.reduce(0) { $0 + ($1.said - $1.fulfilled).magnitude } / bins.reduce(0) { $0 + $1.count }
        #expect(calibration < 0.035)
    }

    private static func grade(_ ability: Double) -> Int { borders.count { ability >= $0 } }

    private static func simulatedClass(seed: UInt64) -> (scale: Scale, anchors: [Anchor], truths: [(Item.ID, Int)]) {
        var generator = SplitMix64(seed: 4_000 + seed)
        var abilities: [Item.ID: Double] = [:]
        var anchors: [Anchor] = []
        var wanted = Set(grades.indices)
        while !wanted.isEmpty {
            let ability = 1.5 * normal(&generator)
            guard let grade = wanted.remove(grade(ability + 0.4 * normal(&generator))) else { continue }
            let item = Item.ID("anchor-\(100 + grade)")
            abilities[item] = ability
            anchors.append(Anchor(item: item, grade: grades[grade]))
        }
        let students = (0..<30).map { Item.ID("student-\(100 + $0)") }
        for student in students { abilities[student] = 1.5 * normal(&generator) }
        let items = students + anchors.map(\.item)
        let seats = items.shuffled(using: &generator)
        var judgements: [Judgement] = []
        for round in 0..<12 {
            // The circle method: one stays, the others move on by a seat each round; places alternate.
            let turning = seats.count - 1
            let circle = (0..<turning).map { seats[($0 + round) % turning] } + [seats[turning]]
            for place in 0..<(seats.count / 2) {
                let pair = (circle[place], place == turning - 1 - place ? circle[turning] : circle[turning - 1 - place])
                let (one, other) = (round + place) % 2 == 0 ? pair : (pair.1, pair.0)
                let seen = (abilities[one] ?? 0) - (abilities[other] ?? 0) - 0.2 + normal(&generator) + 0.45 * normal(&generator)
                judgements.append(seen > 0 ? win(one, over: other) : win(other, over: one, shownSecond: true))
            }
        }
        let scale = ScaleEstimator().estimate(items: items, judgements: judgements)
        return (scale, anchors, students.map { ($0, grade(abilities[$0] ?? 0)) })
    }
}
