/// What a judge's reply must look like: a tool that it has to call.
///
/// The reason comes before the winner, so that a model that writes from left to right has reasoned before it decides.
public struct ReplyFormat: Sendable, Hashable {
    public let toolName: String
    /// What the tool is for, in the language of the template.
    public let description: String
    /// JSON Schema of the tool's input, on one line, the same on every machine.
    public let jsonSchema: String

    /// The tool's name in every language.
    public static let toolName = "submit_verdict"

    /// The format that belongs to a template.
    public init(for template: PromptTemplate) {
        toolName = Self.toolName
        description = template.replyDescription
        jsonSchema = Self.jsonSchema(template.levels)
    }

    /// Length is not part of it because not every vendor's strict mode knows `maxLength`; the parser holds it.
    private static func jsonSchema(_ levels: VerdictLevels) -> String {
        let hasMargin = levels == .four
        return #"{"type":"object","properties":{"#
            + #""rationale":{"type":"string"},"#
            + #""winner":{"type":"string","enum":["first","second","undecided"]},"#
            + (hasMargin ? #""margin":{"type":"string","enum":["none","slight","clear"]},"# : "")
            + #""confidence":{"type":"integer","enum":[1,2,3,4,5]}},"#
            + #""required":["rationale","winner","# + (hasMargin ? #""margin","# : "")
            + #""confidence"],"additionalProperties":false}"#
    }
}
