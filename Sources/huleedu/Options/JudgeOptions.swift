import ArgumentParser
import CJCore

/// Who judges.
struct JudgeOptions: ParsableArguments {
    /// The provider that costs nothing and judges by given qualities.
    static let simulatedProvider = "simulated"

    static let temperatureRange = 0.0...2.0
    /// Most characters of a provider's or a model's name.
    static let maximumNameLength = 200

    @Option(
        help: ArgumentHelp(
            """
            The model provider: anthropic, openai (any endpoint that speaks its language), or simulated. \
            Without it: anthropic if a key is set, otherwise simulated, and every output says so.
            """,
            valueName: "name"),
        transform: { try Self.name($0, of: "provider") })
    var provider: String?

    @Option(
        help: ArgumentHelp("The model, as the provider names it. Without it the provider's default.", valueName: "name"),
        transform: { try Self.name($0, of: "model") })
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Randomness of the model's answers, 0 to 2; handed to the vendor unchanged. Without it the vendor's default.",
            valueName: "number"),
        transform: { try Self.temperature($0) })
    var temperature: Double?

    @Option(
        help: ArgumentHelp(
            """
            How finely the judge answers: 4, which essay is better and whether slightly or clearly; 2, which is better. Four levels need \
            fewer calls, and are left out of account when the judge's margins turn out to mean nothing.
            """,
            valueName: "2|4"),
        transform: { try Self.levels($0) })
    var levels: VerdictLevels = .four

    @Option(
        help: ArgumentHelp(
            """
            For the simulated judge: a table with the columns file and overall (or another, named after a colon) \
            that says how good each essay is.
            """,
            valueName: "file.csv[:column]"),
        completion: .file(extensions: ["csv"]),
        transform: { try QualitiesArgument(parsing: $0) })
    var qualities: QualitiesArgument?

    @Option(
        help: ArgumentHelp(
            """
            How the judge is asked: immediate, batch (the provider's batches, at half the price; answers come within hours, so give a \
            large --concurrency with it) or auto (batch where it is cheaper, and fits into --time-limit or nothing limits the time).
            """,
            valueName: "immediate|batch|auto"))
    var dispatch: DispatchOption = .immediate

    private static func name(_ text: String, of what: String) throws(CommandError) -> String {
        guard !text.isEmpty, text.count <= maximumNameLength, !text.contains(where: { $0.isWhitespace || $0.isNewline }) else {
            throw CommandError(
                .optionUnreadable,
                "\(quoted(text)) is no \(what)'s name; expected 1 to \(maximumNameLength) characters without spaces.")
        }
        return text
    }

    private static func levels(_ text: String) throws(CommandError) -> VerdictLevels {
        guard let levels = Int(text).flatMap(VerdictLevels.init(rawValue:)) else {
            throw CommandError(.optionOutOfRange, "\(quoted(text)) is no number of levels; expected 2 or 4.")
        }
        return levels
    }

    private static func temperature(_ text: String) throws(CommandError) -> Double {
        guard let value = Double(text), temperatureRange.contains(value) else {
            throw CommandError(.optionOutOfRange, "\(quoted(text)) is no temperature; expected a number from 0 to 2.")
        }
        return value
    }
}
