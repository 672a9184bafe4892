import Postgres
import Wire

/// What a fault says about the event whose application it ended.
enum FaultKind: Sendable, Hashable {
    /// Nothing: the database or somebody else was missing, or the work was told to end.
    case passing
    /// It may not come again.
    case occasional
    /// It will come again however often the event is tried.
    case lasting

    init(_ fault: any Error) {
        switch fault {
        case is CancellationError: self = .passing
        case is DecodingError, is EncodingError: self = .lasting
        case let fault as PostgresError: self = Self.kind(of: fault)
        case let fault as EventLogError: self = Self.kind(of: fault)
        default: self = .occasional
        }
    }

    /// Longest reason that is kept, in characters.
    private static let longestReason = 1000

    /// The fault in words, for the operator's eyes.
    static func reason(_ fault: any Error) -> String {
        // Text of a fault may hold anything; a NUL is nothing that the database takes.
        String("\(fault)".replacing("\0", with: "").prefix(longestReason))
    }

    private static func kind(of fault: PostgresError) -> FaultKind {
        if fault.mayPass || fault.outcome == .inDoubt && fault.code != .decodingFailed { return .passing }
        switch fault.code {
        case .poolClosed, .cancelled, .connectionRefused, .invalidConnectionString: return .passing
        case .invalidQuery, .decodingFailed: return .lasting
        default: return ["22", "23", "42"].contains(fault.sqlState?.classCode) ? .lasting : .occasional
        }
    }

    private static func kind(of fault: EventLogError) -> FaultKind {
        switch fault.code {
        case .eventMissing, .overtaken, .unavailable: .passing
        case .eventTooLarge: .lasting
        }
    }
}
