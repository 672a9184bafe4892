/// What the queue refuses.
public struct JobQueueError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable, CaseIterable {
        /// A job is another worker's by now, or has ended; what its former holder was about to write must not be written.
        case claimLost
        /// Jobs moved between workers and queue faster than they could be withdrawn.
        case contended
        /// A job breaks a limit of the queue.
        case invalidJob
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code): \(message)" }
}
