import ArgumentParser
import CJCore

/// What the essays answer and how they are to be valued.
struct TaskOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the writers were asked to do, or @FILE to read it from a file.",
            valueName: "text|@file"),
        transform: { try TextArgument(parsing: $0) })
    var question: TextArgument?

    @Option(
        help: ArgumentHelp(
            "What the judge should look for, or @FILE. Without it the built-in rubric is used.",
            valueName: "text|@file"),
        transform: { try TextArgument(parsing: $0) })
    var rubric: TextArgument?

    @Option(help: ArgumentHelp("Language of the prompt, the table and the report: en or sv.", valueName: "en|sv"))
    var language: Language = .english

    @Option(
        help: ArgumentHelp(
            "Table of essays whose grades are known, with the columns file and grade. With it every essay gets a grade.",
            valueName: "file.csv"),
        completion: .file(extensions: ["csv"]))
    var anchors: String?

    @Option(
        help: ArgumentHelp(
            """
            The grades from low to high with commas between them, or a scale's name: swedish (F,E,D,C,B,A), \
            swedish_8_anchor (F,E[-+],D[-],D+,C[-],C+,B[-+],A), eng5_np_legacy_9_step (F+,E-,E+,D-,D+,C-,C+,B,A), \
            eng5_np_national_9_step (1–9), either with _and_below for a grade below the lowest step, cefr (A1–C2). Signs in \
            brackets are steps: the lowest and the highest quarter of a grade. Needs --anchors. (default: swedish)
            """,
            valueName: "grades"),
        transform: { try GradeScale(parsing: $0) })
    var grades: GradeScale?

    @Option(
        help: ArgumentHelp(
            """
            The share of essays that you expect to have each grade, from low to high with commas between them; they count like ten \
            essays with grades. Or scale, for those that swedish_8_anchor and the nine steps come with. Without it nothing is expected.
            """,
            valueName: "shares"),
        transform: { try GradeShares(parsing: $0) })
    var gradeShares: GradeShares?
}
