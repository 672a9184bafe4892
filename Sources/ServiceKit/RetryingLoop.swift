public import Logging

/// Repeats a step until cancelled; a failing step is logged and repeated after a pause that doubles with each failure in a row, up to half
/// a second, so that what was away is made use of soon after it is back. Half of each pause is chance.
public struct RetryingLoop: Sendable {
    private static let shortestPause: Duration = .milliseconds(100)
    private static let longestPause: Duration = .milliseconds(500)

    private let name: String
    private let logger: Logger
    /// Throws when the task is cancelled meanwhile.
    private let rest: @Sendable (Duration) async throws -> Void
    /// Numbers from 0 to 1.
    private let chance: @Sendable () -> Double

    /// - Parameter name: what the step does, for the log.
    public init(_ name: String, logger: Logger) {
        self.init(name, logger: logger, chance: { .random(in: 0...1) }, rest: { try await Task.sleep(for: $0) })
    }

    init(
        _ name: String, logger: Logger, chance: @escaping @Sendable () -> Double,
        rest: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.name = name
        self.logger = logger
        self.rest = rest
        self.chance = chance
    }

    /// Runs until the task is cancelled; no error of a step ends it.
    ///
    /// - Throws: `CancellationError` when cancelled during a pause; cancelled during a step it returns.
    public func run(_ step: @Sendable () async throws -> Void) async throws {
        try await run { _ in try await step() }
    }

    /// Runs a long step until the task is cancelled; a failure after the step has told of progress is the first in a row.
    ///
    /// - Parameter step: gets what it calls when it has made progress.
    /// - Throws: `CancellationError` when cancelled during a pause; cancelled during a step it returns.
    public func run(_ step: @Sendable (_ progressed: () -> Void) async throws -> Void) async throws {
        var pause = Self.shortestPause
        while !Task.isCancelled {
            do {
                try await step { pause = Self.shortestPause }
                pause = Self.shortestPause
            } catch  where Task.isCancelled {
                // What a step meets when it is told to stop comes in many words; none of them is worth a warning.
                return
            } catch {
                logger.warning("step failed, trying again", metadata: ["loop": "\(name)", "reason": "\(error)"])
                try await rest(pause * (0.5 + chance() / 2))
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }
}
