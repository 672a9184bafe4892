import ArgumentParser

/// What is shown, what is written, what is asked.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Write the result as JSON to standard output instead of a table.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Write a report to this file: one HTML page with everything in it, to read, send or print.",
            valueName: "file.html"),
        completion: .file(extensions: ["html"]))
    var report: String?

    @Flag(name: [.customShort("y"), .long], help: "Spend the estimated money without asking first.")
    var yes = false

    @Flag(name: .shortAndLong, help: "Show neither progress nor table. Needs --json or --report.")
    var quiet = false

    @Flag(help: "No colours. They are also off when NO_COLOR is set or the output is no terminal.")
    var noColor = false

    @Option(
        help: ArgumentHelp(
            "Where the program keeps its database. (default: huleedu in the user's data folder)", valueName: "folder"),
        completion: .directory)
    var data: String?

    @Option(
        help: ArgumentHelp(
            "A PostgreSQL server to use instead of the program's own, as a URI; each run makes a database of its own there.",
            valueName: "url"))
    var database: String?

    func validate() throws {
        if let report, report.isEmpty {
            throw ValidationError("--report needs the name of a file, as in report.html.")
        }
        if let data, data.isEmpty {
            throw ValidationError("--data needs the name of a folder.")
        }
        if let database, database.isEmpty {
            throw ValidationError("--database needs the URI of a server, as in postgresql://user@host/postgres.")
        }
    }
}
