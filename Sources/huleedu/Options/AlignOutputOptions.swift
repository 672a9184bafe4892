import ArgumentParser

/// What an alignment shows.
struct AlignOutputOptions: ParsableArguments {
    @Flag(help: "Write the figures, every anchor and every answer as JSON to standard output instead of a table.")
    var json = false

    @Flag(name: .shortAndLong, help: "Show no progress. Needs --json.")
    var quiet = false

    func validate() throws {
        guard !quiet || json else { throw ValidationError("--quiet leaves nothing to see; give --json with it.") }
    }
}
