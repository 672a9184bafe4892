import ArgumentParser
import CJCore

/// What anchors answer, how they are to be valued, and which grades they have.
struct AlignTaskOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("What the writers were asked to do, or @FILE to read it from a file.", valueName: "text|@file"),
        transform: { try TextArgument(parsing: $0) })
    var question: TextArgument?

    @Option(
        help: ArgumentHelp(
            "What the judge should look for, or @FILE. Without it the built-in rubric is used.", valueName: "text|@file"),
        transform: { try TextArgument(parsing: $0) })
    var rubric: TextArgument?

    @Option(help: ArgumentHelp("Language of the prompt: en or sv.", valueName: "en|sv"))
    var language: Language = .english

    @Option(
        help: ArgumentHelp(
            """
            Table of the anchors, with the columns file and grade. The judge is not told the grades; its order is held against them.
            """, valueName: "file.csv"),
        completion: .file(extensions: ["csv"]))
    var anchors: String?

    @Option(
        help: ArgumentHelp(
            """
            The grades that the table may have, from low to high with commas between them, or a scale's name: swedish, swedish_8_anchor, \
            eng5_np_legacy_9_step, eng5_np_national_9_step or cefr; 'huleedu rank --help' lists their grades. Only the order of the \
            grades counts. (default: swedish)
            """, valueName: "grades"),
        transform: { try GradeScale(parsing: $0) })
    var grades: GradeScale?
}
