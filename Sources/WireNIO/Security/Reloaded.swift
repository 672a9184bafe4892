public import Logging
import Synchronization

/// What was made of some files, made again once one of them has changed.
///
/// Files are looked at when the value is asked for, at most once in an interval. Where nothing can be made of what they have become, the
/// value stays what it was, and the log says so once.
public final class Reloaded<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var stamps: [FileStamp?]
        /// Those of which nothing could be made, and that it was said.
        var faulty: [FileStamp?] = []
        var nextLook: ContinuousClock.Instant
    }

    private let paths: [String]
    private let interval: Duration
    private let make: @Sendable () throws -> Value
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameters:
    ///   - paths: the files, which `make` reads.
    ///   - interval: after which they are looked at again.
    /// - Throws: what `make` throws of the files as they are now.
    public init(
        _ paths: [String], interval: Duration = .seconds(1), logger: Logger, make: @escaping @Sendable () throws -> Value
    ) throws {
        self.paths = paths
        self.interval = interval
        self.make = make
        self.logger = logger
        // Looked at first: a change between the look and the reading makes the value once too often, not once too seldom.
        let stamps = paths.map { FileStamp($0) }
        state = Mutex(State(value: try make(), stamps: stamps, nextLook: .now + interval))
    }

    /// What the files say now, or said when they were last sound.
    public var current: Value {
        state.withLock { state in
            guard state.nextLook <= .now else { return state.value }
            state.nextLook = .now + interval
            let stamps = paths.map { FileStamp($0) }
            guard stamps != state.stamps else { return state.value }
            do {
                state.value = try make()
                state.stamps = stamps
                logger.notice("files were read again, for they have changed", metadata: ["files": "\(paths)"])
            } catch {
                // Tried again: it may have been for a passing reason.
                if state.faulty != stamps {
                    logger.error("files have changed and cannot be used: the old ones hold", metadata: ["reason": "\(error)"])
                }
                state.faulty = stamps
            }
            return state.value
        }
    }
}
