/// Turns two essays, what their writers were asked and what to look for into the prompt for a judge.
///
/// All that stays the same throughout an assessment stands first and is the same byte for byte, so that the vendor's cache can
/// keep it: role and rules, criteria, task, all in the system part, with the cache mark on the last of them. The user part
/// holds the two essays and nothing else. The judge sees "Essay 1" and "Essay 2", never a name, a grade or whether an essay is
/// an anchor. Essays are declared to be data, and stand between lines that they cannot contain (see `essays(in:)`).
///
/// A change of a single letter is a new version: judgements made with different versions are not comparable.
public struct PromptTemplate: Sendable, Hashable {
    /// Language in which the judge is addressed and answers: "en" or "sv".
    public let language: String
    /// How finely the judge is asked to answer.
    public let levels: VerdictLevels
    /// Names the exact wording, for example "cj-en-2-four".
    public let version: String
    /// What to look for when the caller does not say.
    public let builtInRubric: String

    let rules: String
    let rubricHeading: String
    let questionHeading: String
    let replyDescription: String

    /// The languages there is a template for.
    public static let languages = ["en", "sv"]

    /// The newest template for a language; nothing for a language there is none for.
    public init?(language: String, levels: VerdictLevels = .four) {
        switch language {
        case "en": self = .english(levels)
        case "sv": self = .swedish(levels)
        default: return nil
        }
    }

    init(
        language: String, levels: VerdictLevels, version: String, rules: String, rubricHeading: String, builtInRubric: String,
        questionHeading: String, replyDescription: String
    ) {
        self.language = language
        self.levels = levels
        self.version = version
        self.rules = rules
        self.rubricHeading = rubricHeading
        self.builtInRubric = builtInRubric
        self.questionHeading = questionHeading
        self.replyDescription = replyDescription
    }

    /// Asks for a comparison.
    /// - Parameters:
    ///   - question: What the writers were asked to do; nothing, or blank, leaves its block out.
    ///   - rubric: What to look for; nothing, or blank, asks for the built-in rubric.
    ///   - first: Text of the essay shown first, which reaches the judge byte for byte.
    ///   - second: Text of the essay shown second.
    ///   - cacheMark: How long the vendor's cache should keep what stays the same.
    public func prompt(
        question: String?, rubric: String?, first: String, second: String,
        cacheMark: PromptBlock.CacheMark = .fiveMinutes
    ) -> Prompt {
        let blocks = staticBlocks(question: question, rubric: rubric, cacheMark: cacheMark)
        return Prompt(sound: blocks + [essayBlock(first: first, second: second)])
    }

    /// The blocks that are the same for every comparison of an assessment, the cache mark on the last of them.
    public func staticBlocks(
        question: String?, rubric: String?, cacheMark: PromptBlock.CacheMark = .fiveMinutes
    ) -> [PromptBlock] {
        var texts = [rules, "\(rubricHeading)\n\n\(Self.trimmed(rubric) ?? builtInRubric)"]
        if let question = Self.trimmed(question) { texts.append("\(questionHeading)\n\n\(question)") }
        return texts.enumerated().map { place, text in
            PromptBlock(target: .system, text: text, cacheMark: place == texts.count - 1 ? cacheMark : .none)
        }
    }

    /// The block with the two essays of one comparison; it is never kept.
    public func essayBlock(first: String, second: String) -> PromptBlock {
        PromptBlock(target: .user, text: EssayFence(first: first, second: second).enclosing(first: first, second: second))
    }

    /// Finds the two essays in the user part of a prompt, or in text that contains it.
    ///
    /// The format, byte for byte, with U+000A as the end of a line and none after the last:
    ///
    ///     =====BEGIN ESSAY 1 0123456789ab=====
    ///     (text of the essay shown first)
    ///     =====END ESSAY 1 0123456789ab=====
    ///     (empty line)
    ///     =====BEGIN ESSAY 2 0123456789ab=====
    ///     (text of the essay shown second)
    ///     =====END ESSAY 2 0123456789ab=====
    ///
    /// The twelve lower-case hexadecimal digits are the same in all four lines: the first of the SHA-256 over the UTF-8 of the
    /// first text, one zero byte and the UTF-8 of the second text; hashed again for as long as one of the texts contains them.
    /// The line feeds before END belong to the fence, not to the texts.
    /// - Returns: Both texts, or nothing where there is no fence with the right digits.
    public static func essays(in prompt: String) -> (first: String, second: String)? {
        EssayFence.essays(in: prompt)
    }

    /// Text without white space at its ends; nothing where nothing is left.
    private static func trimmed(_ text: String?) -> String? {
        guard let scalars = text?.unicodeScalars else { return nil }
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        guard let start = scalars.firstIndex(where: { !isBlank($0) }) else { return nil }
        guard let end = scalars.lastIndex(where: { !isBlank($0) }) else { return nil }
        return String(scalars[start...end])
    }
}
