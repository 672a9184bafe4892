public import Logging

/// Repeats a step until cancelled; a failing step is logged and repeated after a pause that doubles with each failure in a row.
public struct RetryingLoop: Sendable {
    private static let shortestPause: Duration = .milliseconds(100)
    private static let longestPause: Duration = .seconds(5)

    private let name: String
    private let logger: Logger

    /// - Parameter name: what the step does, for the log.
    public init(_ name: String, logger: Logger) {
        self.name = name
        self.logger = logger
    }

    /// Runs until the task is cancelled; no error of a step ends it.
    public func run(_ step: @Sendable () async throws -> Void) async throws {
        var pause = Self.shortestPause
        while !Task.isCancelled {
            do {
                try await step()
                pause = Self.shortestPause
            } catch is CancellationError {
                return
            } catch {
                logger.warning("step failed, trying again", metadata: ["loop": "\(name)", "reason": "\(error)"])
                try await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }
}
