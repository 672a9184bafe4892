import Wire
import WireDump
import WireNIO

/// Calls that are made over and over, some at a time.
struct Load: Sendable {
    let clients: [WireClient]
    /// Calls at a time on each connection.
    let inFlight: Int
    let method: MethodDescriptor
    let kind: StreamKind?
    let requests: [[UInt8]]
    let metadata: Metadata
    let timeout: Duration

    /// Makes the call on each connection once, so that all of them stand.
    ///
    /// - Throws: ``RPCError`` where one does not go well.
    func tryOnce() async throws {
        for client in clients { try await call(on: client).make(requests) { _ in } }
    }

    /// Makes the calls.
    ///
    /// - Returns: what came of them, and the time they took in nanoseconds.
    func run(_ pace: LoadPace) async throws -> (figures: LoadFigures, elapsed: UInt64) {
        let begin = ContinuousClock.now
        let figures = try await withThrowingTaskGroup(of: LoadFigures.self) { group in
            for client in clients {
                for _ in 0..<inFlight { group.addTask { try await work(client, pace) } }
            }
            var sum = LoadFigures()
            for try await figures in group { sum.add(figures) }
            return sum
        }
        return (figures, Self.nanoseconds(since: begin))
    }

    /// Makes one call after the other.
    private func work(_ client: WireClient, _ pace: LoadPace) async throws -> LoadFigures {
        var figures = LoadFigures()
        while let due = pace.next() {
            // A call that finds nobody free begins late, and the wait is part of what it took.
            if due > .now { try await Task.sleep(until: due, clock: .continuous) }
            var (answers, bytes) = (0, 0)
            do {
                try await call(on: client).make(requests) { answer in
                    answers += 1
                    bytes += answer.count
                }
                figures.succeeded(after: Self.nanoseconds(since: due), answers: answers, bytes: bytes)
            } catch let error as RPCError {
                figures.failed(error.code)
            }
        }
        return figures
    }

    private func call(on client: WireClient) -> Exchange {
        Exchange(
            client: client, method: method, kind: kind, options: CallOptions(deadline: .after(timeout), metadata: metadata))
    }

    private static func nanoseconds(since instant: ContinuousClock.Instant) -> UInt64 {
        let (seconds, attoseconds) = (ContinuousClock.now - instant).components
        return UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    }
}
