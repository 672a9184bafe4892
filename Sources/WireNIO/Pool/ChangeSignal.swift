import NIOCore
import NIOPosix
import Synchronization
import Wire

/// Wakes tasks that wait for something to change.
final class ChangeSignal: Sendable {
    private struct State {
        var version: UInt64 = 0
        var waiting: [UInt64: EventLoopPromise<Void>] = [:]
        var lastWaiting: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Rises with each change. Who reads it before looking at what may change misses nothing that happens in between.
    var version: UInt64 { state.withLock { $0.version } }

    func changed() {
        let waiting = state.withLock { state in
            state.version += 1
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for promise in waiting { promise.succeed() }
    }

    /// Returns once there has been a change since a version, or at an instant.
    ///
    /// - Throws: `CANCELLED` when the task is cancelled.
    func wait(since seen: UInt64, until instant: ContinuousClock.Instant) async throws {
        let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        let number = state.withLock { state -> UInt64? in
            guard state.version == seen else { return nil }
            state.lastWaiting += 1
            state.waiting[state.lastWaiting] = promise
            return state.lastWaiting
        }
        guard let number else { return promise.succeed() }
        let eventLoop = promise.futureResult.eventLoop
        let end = eventLoop.scheduleTask(in: TimeAmount(max(.zero, ContinuousClock.now.duration(to: instant)))) {
            promise.succeed()
        }
        defer {
            end.cancel()
            // Who was cancelled leaves nothing that waits.
            promise.succeed()
            state.withLock { state in _ = state.waiting.removeValue(forKey: number) }
        }
        try await promise.futureResult.orCancelled()
    }
}

extension EventLoopFuture where Value: Sendable {
    /// Waits for it, but not beyond the cancellation of the task.
    ///
    /// - Throws: `CANCELLED` then.
    func orCancelled() async throws -> Value {
        let result = eventLoop.makePromise(of: Value.self)
        // A promise keeps the first of its results.
        cascade(to: result)
        return try await withTaskCancellationHandler {
            try await result.futureResult.get()
        } onCancel: {
            result.fail(WireClient.cancelled())
        }
    }
}
