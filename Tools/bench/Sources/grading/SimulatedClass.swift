import CJCore

/// A class and its anchors: true abilities, true grades, and the judgements of a simulated language model in balanced rounds, on a scale as
/// in real assessments.
///
/// Abilities are N(0, 1.5²). The borders between the six grades lie 1.05 logits apart, or, where they are uneven, 1.05 times the exponential
/// of N(0, 0.3²) each, about a middle of N(0, 0.3²). An anchor's grade is that of its ability as a person sees it, with an error of
/// N(0, 0.4²); items are drawn until there are so many anchors of each grade.
struct SimulatedClass {
    static let grades = ["F", "E", "D", "C", "B", "A"]

    /// What a class is made like.
    struct Setting {
        var students = 30
        var anchorsPerGrade = 1
        /// Comparisons of each item.
        var rounds = 12
        var hasUnevenBorders = false
    }

    let students: [Item.ID]
    let anchors: [Anchor]
    let scale: Scale
    private let abilities: [Item.ID: Double]
    private let borders: [Double]

    private static let deviation = 1.5
    private static let gap = 1.05
    private static let unevenness = 0.3
    private static let gradingError = 0.4

    init(_ setting: Setting, seed: UInt64) {
        var draws = Draws(seed: seed)
        borders = Self.borders(uneven: setting.hasUnevenBorders, &draws)
        students = (0..<setting.students).map { Item.ID("student-\(100 + $0)") }
        var abilities = Dictionary(uniqueKeysWithValues: students.map { ($0, Self.deviation * draws.normal()) })
        var anchors: [Anchor] = []
        var wanted = Array(repeating: setting.anchorsPerGrade, count: Self.grades.count)
        while wanted.contains(where: { $0 > 0 }) {
            let ability = Self.deviation * draws.normal()
            let seen = Self.grade(of: ability + Self.gradingError * draws.normal(), borders)
            guard wanted[seen] > 0 else { continue }
            wanted[seen] -= 1
            let item = Item.ID("anchor-\(100 + anchors.count)")
            abilities[item] = ability
            anchors.append(Anchor(item: item, grade: Self.grades[seen]))
        }
        let items = students + anchors.map(\.item)
        let judge = SimulatedJudge(abilities: abilities)
        let judgements = BalancedRounds.comparisons(of: items, rounds: setting.rounds, &draws).map { judge.judge($0, &draws) }
        scale = ScaleEstimator(settings: .init(centre: .mean)).estimate(items: items, judgements: judgements)
        self.anchors = anchors
        self.abilities = abilities
    }

    /// Place of the grade that a student deserves.
    func grade(of student: Item.ID) -> Int { Self.grade(of: abilities[student] ?? 0, borders) }

    private static func grade(of ability: Double, _ borders: [Double]) -> Int { borders.count { ability >= $0 } }

    private static func borders(uneven: Bool, _ draws: inout Draws) -> [Double] {
        let count = grades.count - 1
        guard uneven else { return (0..<count).map { gap * Double($0 - count / 2) } }
        let gaps = (1..<count).map { _ in gap * exponential(unevenness * draws.normal()) }
        let offsets = gaps.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + $1) }
        let middle = unevenness * draws.normal()
        return offsets.map { $0 - offsets[count / 2] + middle }
    }
}
