/// Asks before money is spent.
struct ConfirmPrompt: Sendable {
    /// The terminal as a prompt needs it.
    struct Dialogue: Sendable {
        /// A person can read the question and type an answer.
        var isInteractive: Bool
        var write: @Sendable (String) -> Void
        /// One line without its end, or nil at the end of the input; throws when the wait for it is called off.
        var readLine: @Sendable () async throws(CancellationError) -> String?
    }

    /// How often an answer that is neither yes nor no is asked for again.
    static let attempts = 3

    let language: Language

    /// True when the person agrees; false when they decline, close the input, or give no clear answer.
    ///
    /// With `yes` nobody is asked. Without it and without a terminal there is nobody to ask: that is an error.
    func confirm(_ estimate: RunEstimate, yes: Bool, dialogue: Dialogue) async throws -> Bool {
        guard !yes else { return true }
        guard dialogue.isInteractive else {
            throw CommandError(
                .confirmationImpossible,
                """
                This run would spend money (\(estimate.costText(in: .english))), and there is no terminal to ask on; pass \
                --yes to agree beforehand.
                """
            )
        }
        for _ in 0..<Self.attempts {
            dialogue.write(language.say("Go on? [y/n] ", "Fortsätta? [j/n] "))
            guard let answer = try await dialogue.readLine() else {
                dialogue.write("\n")
                return false
            }
            switch answer.filter({ !$0.isWhitespace }).lowercased() {
            case "y", "yes", "j", "ja": return true
            case "n", "no", "nej": return false
            default: dialogue.write(language.say("Please answer y or n.\n", "Svara j eller n.\n"))
            }
        }
        return false
    }
}
