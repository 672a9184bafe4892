/// The actor on which every connection and pool lives; it runs on one thread of its own.
///
/// The compiler thus proves that no connection is ever touched from two threads, and the cooperative pool never waits for a socket.
@globalActor
actor PostgresLoop {
    static let shared = PostgresLoop()

    nonisolated var unownedExecutor: UnownedSerialExecutor { EventLoop.shared.asUnownedSerialExecutor() }

    /// Runs `body` now; the caller is on the loop's thread already, in code that the compiler cannot know to be.
    static func assumeIsolated(_ body: @PostgresLoop () -> Void) {
        EventLoop.shared.checkIsolated()
        // The isolation of a function is not part of its representation; `MainActor.assumeIsolated` does the same.
        withoutActuallyEscaping(body) { escaping in
            unsafeBitCast(escaping, to: (() -> Void).self)()
        }
    }
}
