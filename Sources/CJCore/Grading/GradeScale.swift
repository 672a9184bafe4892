/// Grades from the lowest to the highest.
public struct GradeScale: Sendable, Hashable {
    /// Two to twenty different names, lowest first.
    public let grades: [String]

    /// Numbers of grades that a scale may have.
    public static let sizes = 2...20

    /// Makes a scale of names, lowest first; from two to twenty, none blank, all different.
    public init(grades: [String]) throws(GradeError) {
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
    }

    /// Place of a grade, from 0 for the lowest; nothing for a name that is not a grade.
    public func index(of grade: String) -> Int? { grades.firstIndex(of: grade) }
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
