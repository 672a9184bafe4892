/// A fault of a log, of a bus, or of those who read it.
public struct EventLogError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable, CaseIterable {
        /// The payload is longer than an answer could carry.
        case eventTooLarge
        /// Events were left out between what a consumer has dealt with and what it was given.
        case eventMissing
        /// The consumer's cursor was moved by hand after the events had been read.
        case overtaken
        /// The bus cannot be used now.
        case unavailable
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code): \(message)" }
}
