/// Grades from lowest to highest.
struct GradeScale: Sendable, Hashable {
    /// At least two, all different, none blank.
    let grades: [String]

    /// Most grades a scale may have.
    static let maximumGrades = 20
    /// Most characters of one grade.
    static let maximumGradeLength = 12

    /// The Swedish grades, and the default.
    static let swedish = GradeScale(unchecked: ["F", "E", "D", "C", "B", "A"])

    /// The scales that have a name, by their names: those with underscores are the predecessor's, so that its anchors go on.
    static let named: [(name: String, scale: GradeScale)] = [
        ("swedish", .swedish),
        // With the steps that teachers use in between.
        ("swedish_8_anchor", GradeScale(unchecked: ["F", "E", "D", "D+", "C", "C+", "B", "A"])),
        // The nine steps of the national test in English 5, as they were named before and as they are now.
        ("eng5_np_legacy_9_step", GradeScale(unchecked: ["F+", "E-", "E+", "D-", "D+", "C-", "C+", "B", "A"])),
        ("eng5_np_national_9_step", GradeScale(unchecked: ["1", "2", "3", "4", "5", "6", "7", "8", "9"])),
        ("cefr", GradeScale(unchecked: ["A1", "A2", "B1", "B2", "C1", "C2"])),
    ]

    private init(unchecked grades: [String]) {
        self.grades = grades
    }

    /// Reads the name of a scale, or grades from low to high with commas between them.
    init(parsing text: String) throws(CommandError) {
        if let known = Self.named.first(where: { $0.name == text.lowercased() }) {
            self = known.scale
            return
        }
        let grades = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
        guard grades.count > 1 else {
            throw CommandError(
                .gradesUnreadable,
                """
                \(quoted(text)) is neither a list of grades nor a scale's name; \
                write them from low to high, as in F,E,D,C,B,A, or one of \(Self.named.map(\.name).joined(separator: ", ")).
                """)
        }
        guard grades.count <= Self.maximumGrades else {
            throw CommandError(
                .gradesUnreadable, "A scale has at most \(Self.maximumGrades) grades; these are \(grades.count).")
        }
        for (index, grade) in grades.enumerated() {
            guard !grade.isEmpty else {
                throw CommandError(
                    .gradesUnreadable, "Grade \(index + 1) of \(quoted(text)) is blank; expected a name between the commas.")
            }
            guard grade.count <= Self.maximumGradeLength,
                grade.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
            else {
                throw CommandError(
                    .gradesUnreadable,
                    "The grade \(quoted(grade)) is no short plain name; expected at most \(Self.maximumGradeLength) characters.")
            }
            guard !grades[..<index].contains(grade) else {
                throw CommandError(.gradesUnreadable, "The grade \(quoted(grade)) stands twice in \(quoted(text)).")
            }
        }
        self.grades = grades
    }
}
