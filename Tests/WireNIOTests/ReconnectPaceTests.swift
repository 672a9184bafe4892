import Testing

@testable import WireNIO

@Suite("The pace at which a client reconnects")
struct ReconnectPaceTests {
    private let start = ContinuousClock.now

    private func pace() -> ReconnectPace {
        var configuration = ClientConfiguration()
        configuration.shortestReconnectPause = .milliseconds(50)
        configuration.longestReconnectPause = .seconds(1)
        return ReconnectPace(configuration, now: start)
    }

    @Test("doubles the pause with each failure up to the longest, half of it by chance, until there is a connection")
    func pauses() {
        var pace = pace()
        #expect(pace.earliestAttempt == start)
        for milliseconds in [50, 100, 200, 400, 800, 1000, 1000] {
            var lucky = pace
            lucky.failed(at: start, chance: 0)
            pace.failed(at: start, chance: 1)
            #expect(start.duration(to: pace.earliestAttempt) == .milliseconds(milliseconds))
            #expect(start.duration(to: lucky.earliestAttempt) == .milliseconds(milliseconds) / 2)
        }
        for _ in 0..<100 { pace.failed(at: start, chance: 1) }
        #expect(start.duration(to: pace.earliestAttempt) == .seconds(1))
        pace.connected()
        pace.failed(at: start, chance: 1)
        #expect(start.duration(to: pace.earliestAttempt) == .milliseconds(50))
    }

    @Test("counts a connection that was lost once, however many callers find it so, and whenever they do")
    func lostOnce() {
        var pace = pace()
        pace.lost(1, at: start, chance: 1)
        let earliest = pace.earliestAttempt
        for second in 1...3 { pace.lost(1, at: start + .seconds(second), chance: 1) }
        #expect(pace.failures == 1 && pace.earliestAttempt == earliest)
        pace.lost(2, at: start + .seconds(5), chance: 1)
        #expect(pace.failures == 2 && pace.earliestAttempt == start + .seconds(5) + .milliseconds(100))
        pace.lost(1, at: start + .seconds(9), chance: 1)
        #expect(pace.failures == 2 && pace.earliestAttempt == start + .seconds(5) + .milliseconds(100))
    }
}
