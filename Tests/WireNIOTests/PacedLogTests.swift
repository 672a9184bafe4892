import Logging
import Synchronization
import Testing

@testable import WireNIO

@Suite("The log of what peers do")
struct PacedLogTests {
    /// Keeps what is logged, and how much was left out before it.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        func add(_ line: String) {
            lines.withLock { $0.append(line) }
        }
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.add("\(event.message) \(event.metadata?["left-out"].map { "\($0)" } ?? "-")")
        }
    }

    @Test("has one line of each kind in an interval, which says how many were left out before it")
    func pace() {
        let lines = Lines()
        let start = ContinuousClock.now
        let now = Mutex(start)
        let logger = Logger(label: "test") { _ in Handler(lines: lines) }
        let log = PacedLog(logger, interval: .seconds(10), now: { now.withLock { $0 } })
        for _ in 0..<1000 { log.notice("refused", ["address": "a"]) }
        log.notice("closed", [:])
        #expect(lines.all == ["refused -", "closed -"])
        now.withLock { $0 = start + .seconds(10) - .nanoseconds(1) }
        log.notice("refused", [:])
        #expect(lines.all.count == 2)
        now.withLock { $0 = start + .seconds(10) }
        log.notice("refused", [:])
        #expect(lines.all.last == "refused 1000")
        now.withLock { $0 = start + .seconds(20) }
        log.notice("refused", [:])
        #expect(lines.all.last == "refused -" && lines.all.count == 4)
    }
}
