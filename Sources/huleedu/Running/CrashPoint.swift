import Glibc
import Postgres
import Synchronization

/// Kills this process at a named moment, to prove in drills that nothing is lost there: `CRASH_AT=POINT:N`, the moment being the Nth
/// time that the point is reached. `CRASH_AT=list` tells on standard error which points there are, each when it is first reached.
final class CrashPoint: Sendable {
    private enum Plan: Hashable {
        case tell
        case die(at: String, passage: Int)
    }

    private let plan: Plan
    private let passages = Mutex<[String: Int]>([:])

    /// - Throws: ``CommandError`` when the text is neither `list` nor a point and a number from one.
    init(_ text: String) throws(CommandError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if text == "list" {
            plan = .tell
        } else if parts.count == 2, !parts[0].isEmpty, let passage = Int(parts[1]), passage >= 1 {
            plan = .die(at: String(parts[0]), passage: passage)
        } else {
            throw CommandError(
                .optionUnreadable,
                "CRASH_AT: \(quoted(text)) is no crash point; expected POINT:N with N from 1, as in 'consume-events.after-commit:2', or 'list'."
            )
        }
    }

    /// To be called at every checkpoint.
    func reach(_ checkpoint: Checkpoint) {
        let point = checkpoint.description
        let passage = passages.withLock { passages in
            passages[point, default: 0] += 1
            return passages[point] ?? 0
        }
        switch plan {
        case .tell: if passage == 1 { StandardError.write("crash point \(point)\n") }
        // Nothing runs after this signal: no handler, no clean-up, no flush.
        case .die(point, passage): kill(getpid(), SIGKILL)
        case .die: break
        }
    }
}
