import Postgres
import Synchronization

/// Assessments that somebody has to look at: each once however often it is named, and never by two at a time.
///
/// To weigh a large assessment takes seconds; those who name it meanwhile do not wait for that, and others have their turn.
final class Agenda: Sendable {
    private struct State {
        /// In the order in which they were named; at most as many as there are running assessments.
        var waiting: [String] = []
        var underWay: Set<String> = []
    }

    /// Rung when there may be something to take.
    let additions = Bell()
    private let state = Mutex(State())

    /// Names assessments to be looked at.
    func add(_ assessments: some Sequence<String>) {
        state.withLock { state in
            for assessment in assessments where !state.waiting.contains(assessment) { state.waiting.append(assessment) }
        }
        additions.ring()
    }

    /// The one that has waited longest and is not under way; whoever takes it says when he is done.
    func take() -> String? {
        state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { !state.underWay.contains($0) }) else { return nil }
            let assessment = state.waiting.remove(at: index)
            state.underWay.insert(assessment)
            return assessment
        }
    }

    /// Ends what ``take()`` began; the assessment has its turn again if it was named meanwhile.
    func finish(_ assessment: String) {
        let isWanted = state.withLock { state in
            state.underWay.remove(assessment)
            return state.waiting.contains(assessment)
        }
        if isWanted { additions.ring() }
    }
}
