import Testing

@testable import LLMProviderService

@Suite("Providers that asked to wait")
struct LanesTests {
    /// A clock that stands still until it is moved.
    private final class Hands: Sendable {
        private let start = ContinuousClock.now
        private let passed = Shared(Duration.zero)

        var now: ContinuousClock.Instant { start + passed.value }
        func pass(_ duration: Duration) { passed.set(passed.value + duration) }
    }

    @Test("One is left alone until its pause is over, the others are not")
    func pause() {
        let hands = Hands()
        let lanes = Lanes(["a", "b"], now: { hands.now })
        #expect(lanes.open == ["a", "b"])
        lanes.pause("a", for: .seconds(3600))
        #expect(lanes.open == ["b"])
        hands.pass(.seconds(3600) - .nanoseconds(1))
        #expect(lanes.open == ["b"])
        hands.pass(.nanoseconds(1))
        #expect(lanes.open == ["a", "b"])
    }

    @Test("A shorter pause does not end a longer one; a longer one goes on")
    func overlapping() {
        let hands = Hands()
        let lanes = Lanes(["a"], now: { hands.now })
        lanes.pause("a", for: .seconds(60))
        lanes.pause("a", for: .seconds(1))
        hands.pass(.seconds(2))
        #expect(lanes.open == [])
        lanes.pause("a", for: .seconds(120))
        hands.pass(.seconds(119))
        #expect(lanes.open == [])
        hands.pass(.seconds(1))
        #expect(lanes.open == ["a"])
    }
}
