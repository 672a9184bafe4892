private import CPostgres
private import Glibc
private import Synchronization

/// Threads for calls that block: the cooperative pool has only as many threads as cores and must not wait.
enum DetachedThread {
    /// Blocking calls under way at once; one that hangs in the kernel holds its thread until it returns.
    static let maxBlockingCalls = 16

    private static let blockingCalls = Mutex(0)

    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that ends when `body` returns. The process must be able to do so.
    ///
    /// - Parameter name: shown by `top` and debuggers, which cut it to 15 bytes.
    static func start(name: StaticString, _ body: @escaping @Sendable () -> Void) {
        precondition(startIfPossible(name: name, body), "the process may not start another thread")
    }

    /// Starts a thread that ends when `body` returns.
    ///
    /// - Returns: whether the system allows the process another thread.
    static func startIfPossible(name: StaticString, _ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let box = Unmanaged.passRetained(
            Box {
                cpostgres_name_this_thread(name.utf8Start)
                body()
            })
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                // The pointer is the box retained above.
                let box = Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue()
                box.body()
                return nil
            }, box.toOpaque())
        if status != 0 { box.release() }
        return status == 0
    }

    /// Runs a blocking call on a thread of its own.
    ///
    /// - Returns: nil, without running it, when ``maxBlockingCalls`` are under way.
    static func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T? {
        let isAdmitted = blockingCalls.withLock { count in
            guard count < maxBlockingCalls else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { return nil }
        return await withCheckedContinuation { continuation in
            start(name: "postgres-block") {
                let value = body()
                blockingCalls.withLock { $0 -= 1 }
                continuation.resume(returning: value)
            }
        }
    }
}
