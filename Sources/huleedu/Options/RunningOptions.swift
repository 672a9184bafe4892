import ArgumentParser

/// Where a run keeps what it pays for, and how it talks with who started it.
struct RunningOptions: ParsableArguments {
    @Flag(name: [.customShort("y"), .long], help: "Spend the estimated money without asking first.")
    var yes = false

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
        guard data?.isEmpty != true else { throw ValidationError("--data needs the name of a folder.") }
        guard database?.isEmpty != true else {
            throw ValidationError("--database needs the URI of a server, as in postgresql://user@host/postgres.")
        }
    }
}
