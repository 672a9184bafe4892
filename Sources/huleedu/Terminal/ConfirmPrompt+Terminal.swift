import Glibc

extension ConfirmPrompt.Dialogue {
    /// Standard input for the answer, standard error for the question.
    static func terminal() -> ConfirmPrompt.Dialogue {
        let lines = TerminalLine()
        return ConfirmPrompt.Dialogue(
            isInteractive: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
            write: { StandardError.write($0) },
            readLine: { () throws(CancellationError) in try await lines.next() })
    }
}
