import ArgumentParser

/// What is shown and what is written.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Write the result as JSON to standard output instead of a table.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Write a report to this file: one HTML page with everything in it, to read, send or print.",
            valueName: "file.html"),
        completion: .file(extensions: ["html"]))
    var report: String?

    @Flag(name: .shortAndLong, help: "Show neither progress nor table. Needs --json or --report.")
    var quiet = false

    func validate() throws {
        if let report, report.isEmpty {
            throw ValidationError("--report needs the name of a file, as in report.html.")
        }
    }
}
