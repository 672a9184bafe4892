/// Scales that have a name, as data. Those with underscores are named as in the system that went before, whose anchors go on.
extension GradeScale {
    /// A scale and what it is called.
    public struct Named: Sendable, Hashable {
        public let name: String
        public let scale: GradeScale
    }

    /// The Swedish grades.
    public static let swedish = GradeScale(known: ["F", "E", "D", "C", "B", "A"])

    /// Every scale that has a name.
    public static let named: [Named] = [
        Named(name: "swedish", scale: swedish),
        // The steps that teachers use in between are grades where anchors have them, and parts of a grade elsewhere.
        Named(
            name: "swedish_8_anchor",
            scale: GradeScale(
                known: ["F", "E", "D", "D+", "C", "C+", "B", "A"],
                steps: [[], [.minus, .plus], .minus, [], .minus, [], [.minus, .plus], []],
                shares: [0.02, 0.08, 0.15, 0.20, 0.25, 0.15, 0.10, 0.05])),
        // The nine steps of the national test in English 5, as they were called before and as they are called now.
        Named(name: "eng5_np_legacy_9_step", scale: GradeScale(known: nineOld, shares: Array(repeating: 1 / 9, count: 9))),
        Named(
            name: "eng5_np_national_9_step",
            scale: GradeScale(known: (1...9).map(String.init), shares: Array(repeating: 1 / 9, count: 9))),
        // The same with what lies below the lowest step, of which there are no anchors.
        Named(name: "eng5_np_legacy_9_step_and_below", scale: GradeScale(known: ["F"] + nineOld)),
        Named(name: "eng5_np_national_9_step_and_below", scale: GradeScale(known: (0...9).map(String.init))),
        Named(name: "cefr", scale: GradeScale(known: ["A1", "A2", "B1", "B2", "C1", "C2"])),
    ]

    private static let nineOld = ["F+", "E-", "E+", "D-", "D+", "C-", "C+", "B", "A"]

    /// The scale of that name, in capitals or not; nothing where there is none.
    public static func named(_ name: String) -> GradeScale? {
        named.first { $0.name == name.lowercased() }?.scale
    }

    private init(known grades: [String], steps: [GradeSteps] = [], shares: [Double]? = nil) {
        do {
            self = try GradeScale(grades: grades, steps: steps, expectedShares: shares)
        } catch {
            preconditionFailure("a scale of this program is not one: \(error)")
        }
    }
}
