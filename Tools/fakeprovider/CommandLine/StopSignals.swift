import Dispatch
import Glibc

/// Lets a task wait for SIGTERM or SIGINT.
struct StopSignals {
    private let arrivals: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    /// From now on the signals no longer end the process by themselves.
    init() {
        let (arrivals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        self.arrivals = arrivals
        sources = [SIGTERM, SIGINT].map { signal in
            Glibc.signal(signal, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: signal, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.activate()
            return source
        }
    }

    /// Returns when the first of the signals has come.
    func wait() async {
        var iterator = arrivals.makeAsyncIterator()
        await iterator.next()
    }
}
