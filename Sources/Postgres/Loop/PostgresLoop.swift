/// The actor on which every connection and pool lives; its executor is ``EventLoop``.
///
/// The compiler thus proves that no connection is ever touched by two threads at once, and the cooperative pool never waits for a socket.
@globalActor
actor PostgresLoop {
    static let shared = PostgresLoop()

    nonisolated var unownedExecutor: UnownedSerialExecutor { EventLoop.shared.asUnownedSerialExecutor() }

    /// Runs `body` now; the caller has the loop's turn already, in code that the compiler cannot know to have it.
    static func assumeIsolated<R>(_ body: @PostgresLoop () -> R) -> R {
        EventLoop.shared.checkIsolated()
        // The isolation of a function is not part of its representation; `MainActor.assumeIsolated` does the same.
        return withoutActuallyEscaping(body) { escaping in
            unsafeBitCast(escaping, to: (() -> R).self)()
        }
    }
}
