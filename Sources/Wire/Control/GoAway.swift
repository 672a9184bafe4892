/// What a server says that takes no more calls on a connection.
public struct GoAway: Sendable, Hashable {
    /// The highest stream on which it has taken a request: no handler sees those on higher ones, and they may be sent elsewhere whatever
    /// they do. 0 where there was none.
    public var lastAccepted: StreamID
    /// Why: `UNAVAILABLE` when the server shuts down, another where the client has done something that ended the connection.
    public var code: StatusCode
    /// How long the calls that run have to end; it travels in whole milliseconds. Our client waits by its
    /// calls' deadlines, and makes no use of it.
    public var grace: Duration
    /// The same as the code, for a person to read: at most ``maximumReasonBytes``.
    public let reason: String

    /// Longest reason, in bytes of UTF-8.
    public static let maximumReasonBytes = 1024

    /// - Parameter reason: of which the beginning is taken, where it is too long.
    public init(lastAccepted: StreamID, code: StatusCode, grace: Duration = .zero, reason: String) {
        self.lastAccepted = lastAccepted
        self.code = code
        self.grace = grace
        self.reason = Self.beginning(of: reason)
    }

    /// As much as there is room for, without a part of a character.
    private static func beginning(of reason: String) -> String {
        guard reason.utf8.count > maximumReasonBytes else { return reason }
        var end = reason.utf8.index(reason.startIndex, offsetBy: maximumReasonBytes)
        while end.samePosition(in: reason.unicodeScalars) == nil { reason.utf8.formIndex(before: &end) }
        return String(reason[..<end])
    }
}
