/// Where an assessment is on its way from the start to an end.
///
/// Every change of phase is one of these; the simulator checks it after each decision, and the tables refuse what contradicts it.
///
/// | from        | to                              | by                                                     |
/// |-------------|---------------------------------|--------------------------------------------------------|
/// | running     | stopping                        | a decision to stop, or a cancellation                  |
/// | running     | completed, failed, cancelled    | the same with nothing under way                        |
/// | stopping    | completed, failed, cancelled    | the last result that was waited for                    |
/// | stopping    | running                         | a continuation before the end                          |
/// | an end      | running                         | a continuation                                         |
package enum AssessmentPhase: Sendable, Hashable, CaseIterable {
    /// Comparisons are chosen and judged.
    case running
    /// Nothing more is chosen; what is with the judge is waited for.
    case stopping
    /// Ended with a ranking.
    case completed
    /// Ended by its owner.
    case cancelled
    /// Ended by the judge's failure.
    case failed

    /// The phases that may come next.
    package var successors: Set<AssessmentPhase> {
        switch self {
        case .running: [.stopping, .completed, .cancelled, .failed]
        case .stopping: [.completed, .cancelled, .failed, .running]
        case .completed, .cancelled, .failed: [.running]
        }
    }
}

extension AssessmentSnapshot {
    package var phase: AssessmentPhase {
        switch (state, reason) {
        case (.running, nil): .running
        case (.running, _): .stopping
        case (.completed, _): .completed
        case (.cancelled, _): .cancelled
        case (.failed, _): .failed
        }
    }
}
