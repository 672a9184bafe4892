import ArgumentParser
import Contracts

/// How the judge is asked.
enum DispatchOption: String, Sendable, Hashable, CaseIterable, ExpressibleByArgument {
    case immediate
    /// In the vendor's batches, at their price.
    case batch
    /// In batches where they are cheaper and the time allows it.
    case auto

    /// As the assessment service names it.
    var contract: CJV1.Dispatch {
        switch self {
        // What is usual is not named, so that runs from before are found started by the same request.
        case .immediate: .unspecified
        case .batch: .batch
        case .auto: .auto
        }
    }
}
