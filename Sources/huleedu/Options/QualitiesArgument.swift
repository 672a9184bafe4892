/// A table of qualities and the column to read: `FILE` or `FILE:column`.
struct QualitiesArgument: Sendable, Hashable {
    let path: String
    let column: String

    /// Splits at the last colon, unless what follows is part of a path.
    init(parsing argument: String) throws(CommandError) {
        guard let colon = argument.lastIndex(of: ":"), !argument[colon...].contains("/") else {
            path = argument
            column = "overall"
            guard !argument.isEmpty else { throw Self.unreadable(argument) }
            return
        }
        path = String(argument[..<colon])
        column = String(argument[argument.index(after: colon)...])
        guard !path.isEmpty, !column.isEmpty else { throw Self.unreadable(argument) }
    }

    private static func unreadable(_ argument: String) -> CommandError {
        CommandError(
            .optionUnreadable, "\(quoted(argument)) names no table; expected FILE.csv or FILE.csv:column.")
    }
}
