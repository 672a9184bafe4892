import Contracts

/// How a request gets to its vendor.
enum Dispatch: Sendable, Hashable {
    case immediately
    /// In a batch, whatever its time.
    case byBatch
    /// In a batch, unless too little of its time is left.
    case byBatchWhileTime

    /// Nil for one that the contract does not have.
    init?(_ dispatch: LLMV1.Dispatch) {
        switch dispatch {
        case .unspecified, .immediately: self = .immediately
        case .byBatch: self = .byBatch
        case .byBatchWhileTime: self = .byBatchWhileTime
        default: return nil
        }
    }

    /// It waits for a batch when it is taken on.
    var startsByBatch: Bool { self != .immediately }
}
