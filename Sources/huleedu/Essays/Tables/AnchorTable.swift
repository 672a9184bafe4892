import CJCore

/// Essays whose grades are known, from a table with the columns `file` and `grade`: of two grades at least, because one grade has no
/// border that others could be told by.
struct AnchorTable: Sendable, Hashable {
    /// Grade by essay id.
    let grades: [Essay.ID: String]

    /// Checks a table against the essays and the grade scale.
    init(_ table: CSVTable, essays: EssayFolder, scale: GradeScale) throws(CommandError) {
        let entries = try EssayTable(table, column: "grade", holding: "their known grades", essays: essays) { entry in
            guard !scale.grades.contains(entry.value) else { return nil }
            return CommandError(
                .rowUnknownGrade,
                """
                \(table.name), line \(entry.line), column "grade": \(quoted(entry.value)) is no grade of the scale; \
                expected one of \(scale.grades.joined(separator: ", ")).
                """)
        }.entries
        guard !entries.isEmpty else {
            throw CommandError(
                .tableEmpty, "\(table.name) has no row below its header; expected at least one essay with its grade.")
        }
        guard Set(entries.map(\.value)).count > 1 else {
            throw CommandError(
                .anchorsAlike,
                """
                \(table.name) knows only the grade \(quoted(entries[0].value)); expected essays of at least two different grades, \
                from which the others can be graded.
                """)
        }
        grades = Dictionary(uniqueKeysWithValues: entries.map { ($0.essay, $0.value) })
    }
}
