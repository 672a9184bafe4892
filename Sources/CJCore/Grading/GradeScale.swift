/// Grades from the lowest to the highest, and what is known of them beforehand.
public struct GradeScale: Sendable, Hashable {
    /// Two to twenty different names, lowest first.
    public let grades: [String]
    /// The steps of each grade, in the order of `grades`; most scales have none.
    public let steps: [GradeSteps]
    /// Share of the essays at large that deserve each grade, in the order of `grades`; nothing where nobody says. They count when a
    /// projection is asked to use them.
    public let expectedShares: [Double]?

    /// Numbers of grades that a scale may have.
    public static let sizes = 2...20
    /// What shares may add up to; they are made to add up to 1.
    public static let totalShares = 0.99...1.01

    /// Makes a scale of names, lowest first; from two to twenty, none blank, all different.
    ///
    /// - Parameters:
    ///   - steps: None, or those of each grade. The lowest and the highest grade have none: they are open to one side, and so have no
    ///     lower or upper part.
    ///   - expectedShares: Nothing, or one for each grade, none below zero, which add up to 1 within a hundredth.
    public init(
        grades: [String], steps: [GradeSteps] = [], expectedShares: [Double]? = nil
    ) throws(GradeError) {
        guard Self.sizes.contains(grades.count) else {
            throw GradeError(.badScale, "a grade scale has from 2 to 20 grades, not \(grades.count)")
        }
        guard grades.allSatisfy({ $0.unicodeScalars.contains { !$0.properties.isWhitespace } }) else {
            throw GradeError(.badScale, "a grade needs a name")
        }
        var seen: Set<String> = []
        for grade in grades where !seen.insert(grade).inserted {
            throw GradeError(.duplicateGrade, "the grade \(grade) is there twice")
        }
        self.grades = grades
        self.steps = try Self.checked(steps, grades: grades)
        self.expectedShares = try expectedShares.map { shares throws(GradeError) in
            try Self.checked(shares, count: grades.count)
        }
    }

    /// Place of a grade, from 0 for the lowest; nothing for a name that is not a grade.
    public func index(of grade: String) -> Int? { grades.firstIndex(of: grade) }

    private static func checked(_ steps: [GradeSteps], grades: [String]) throws(GradeError) -> [GradeSteps] {
        guard !steps.isEmpty else { return Array(repeating: [], count: grades.count) }
        guard steps.count == grades.count else {
            throw GradeError(.badSteps, "\(grades.count) grades have steps for each, or none, not \(steps.count)")
        }
        for place in [0, grades.count - 1] where !steps[place].isEmpty {
            throw GradeError(.badSteps, "the grade \(grades[place]) is open to one side and can have no steps")
        }
        return steps
    }

    private static func checked(_ shares: [Double], count: Int) throws(GradeError) -> [Double] {
        guard shares.count == count else {
            throw GradeError(.badShares, "\(count) grades have \(count) expected shares, not \(shares.count)")
        }
        guard shares.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
            throw GradeError(.badShares, "an expected share is from 0 to 1")
        }
        let total = shares.reduce(0, +)
        guard totalShares.contains(total) else {
            throw GradeError(.badShares, "expected shares add up to 1, not to \(total)")
        }
        return shares.map { $0 / total }
    }
}

/// The parts of a grade that have a sign of their own.
public struct GradeSteps: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The lowest quarter of a grade, as in B-.
    public static let minus = GradeSteps(rawValue: 1)
    /// The highest quarter of a grade, as in B+.
    public static let plus = GradeSteps(rawValue: 2)

    /// Width of a step, as a share of the grade.
    static let width = 0.25
}

/// An item of known grade.
public struct Anchor: Sendable, Hashable {
    public let item: Item.ID
    /// Name of a grade.
    public let grade: String

    /// Says that an item has a grade.
    public init(item: Item.ID, grade: String) {
        self.item = item
        self.grade = grade
    }
}
