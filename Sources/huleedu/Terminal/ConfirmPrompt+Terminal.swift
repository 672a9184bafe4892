import Dispatch
import Glibc

extension ConfirmPrompt.Dialogue {
    /// Standard input for the answer, standard error for the question.
    static func terminal() -> ConfirmPrompt.Dialogue {
        let reader = DispatchQueue(label: "huleedu.prompt")
        return ConfirmPrompt.Dialogue(
            isInteractive: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
            write: { StandardError.write($0) },
            readLine: {
                // A person may take minutes: the wait is on a thread of its own, not on the cooperative pool.
                await withCheckedContinuation { continuation in
                    reader.async { continuation.resume(returning: Swift.readLine()) }
                }
            })
    }
}
