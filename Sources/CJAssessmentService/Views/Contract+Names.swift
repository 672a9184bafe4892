import CJCore
import Contracts

extension DispatchChoice {
    var contract: CJV1.Dispatch { isByBatch ? .batch : .immediate }
}

extension AssessmentSnapshot.State {
    var contract: CJV1.AssessmentState {
        switch self {
        case .running: .running
        case .completed: .completed
        case .cancelled: .cancelled
        case .failed: .failed
        }
    }
}

extension AssessmentSnapshot.Reason {
    var contract: CJV1.StopReason {
        switch self {
        case .converged: .converged
        case .comparisonBudget: .comparisonBudget
        case .moneyBudget: .moneyBudget
        case .pairsExhausted: .pairsExhausted
        case .timeLimit: .timeLimit
        case .cancelled: .cancelled
        case .judgeFailed: .judgeFailed
        case .blindJudge: .blindJudge
        }
    }
}

extension AssessmentSnapshot.Entry.State {
    var contract: CJV1.ComparisonState {
        switch self {
        case .inFlight: .inFlight
        case .judged: .judged
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }
}

extension Outcome {
    var contract: CJV1.Outcome {
        switch self {
        case .first: .first
        case .second: .second
        case .tie: .tie
        }
    }
}

extension Margin {
    var contract: CJV1.Margin {
        switch self {
        case .slight: .slight
        case .clear: .clear
        }
    }
}
