import Testing
import Wire

@testable import WireNIO

@Suite("The choice among addresses that are ready")
struct AddressChooserTests {
    /// A chooser that an expectation may ask.
    private final class Chooser {
        private var value: AddressChooser

        init(_ rule: AddressChoice) {
            value = AddressChooser(rule)
        }

        func choose(from candidates: [AddressChooser.Candidate]) -> Roster.ID? { value.choose(from: candidates) }
    }

    private func candidates(_ running: [Int]) -> [AddressChooser.Candidate] {
        running.enumerated().map { .init(id: Roster.ID($0.offset + 1), running: $0.element) }
    }

    @Test("takes them in turn, whatever runs there, and goes on where one is missing")
    func roundRobin() {
        let chooser = Chooser(.roundRobin)
        let three = candidates([9, 0, 5])
        #expect((0..<4).map { _ in chooser.choose(from: three) } == [1, 2, 3, 1])
        #expect((0..<3).map { _ in chooser.choose(from: [three[0], three[2]]) } == [3, 1, 3])
        #expect(chooser.choose(from: []) == nil)
    }

    @Test("takes one with the fewest calls, and those that are equal in turn")
    func fewestRunning() {
        let chooser = Chooser(.fewestRunning)
        #expect(chooser.choose(from: candidates([2, 1, 3])) == 2)
        #expect((0..<4).map { _ in chooser.choose(from: candidates([0, 0, 0])) } == [3, 1, 2, 3])
        #expect(chooser.choose(from: candidates([1, 0, 0])) == 2)
        #expect(chooser.choose(from: []) == nil)
    }
}

@Suite("What a pool knows of its addresses")
struct RosterTests {
    private static let start = ContinuousClock.now
    private static let backoff = Backoff(shortest: .milliseconds(50), longest: .milliseconds(200))
    private static let failure = RPCError(.unavailable, "can't be reached", isRefused: true)

    /// A roster that an expectation may ask.
    private final class Known {
        var value = Roster(.roundRobin, backoff: RosterTests.backoff)

        func resolved(_ addresses: [ServerAddress]) -> (joined: [Roster.Member], gone: [Roster.ID]) { value.resolved(addresses) }

        func choose(avoiding tried: Set<Roster.ID>, at now: ContinuousClock.Instant) -> Roster.Choice {
            value.choose(avoiding: tried, at: now)
        }

        func chooseOther(than tried: Set<Roster.ID>, at now: ContinuousClock.Instant) -> Roster.ID? {
            value.chooseOther(than: tried, at: now)
        }

        func ended(
            _ id: Roster.ID, _ outcome: Roster.Outcome, begun: ContinuousClock.Instant, at now: ContinuousClock.Instant,
            chance: Double
        ) -> Bool {
            value.ended(id, outcome, begun: begun, at: now, chance: chance)
        }
    }

    private static func address(_ number: Int) -> ServerAddress {
        ServerAddress(host: "192.0.2.\(number)", name: ServerName(host: "servers.test", port: 7701))
    }

    private static func instant(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    /// Addresses that are all ready.
    private static func ready(_ count: Int) -> Known {
        let roster = Known()
        for member in roster.resolved((1...count).map(address)).joined {
            roster.value.connected(member.id, as: 1)
            roster.value.told(member.id, isServing: true, over: 1)
        }
        return roster
    }

    @Test("has a call wait until one is connected and its server says that it takes calls")
    func readiness() {
        let roster = Known()
        func choice() -> Roster.Choice { roster.choose(avoiding: [], at: Self.start) }
        #expect(choice() == .wait(until: nil))
        #expect(roster.resolved([Self.address(1)]).joined.map(\.id) == [1])
        #expect(choice() == .wait(until: nil))
        roster.value.connected(1, as: 1)
        #expect(choice() == .wait(until: nil))
        roster.value.told(1, isServing: nil, over: 1)
        #expect(choice() == .wait(until: nil))
        roster.value.told(1, isServing: true, over: 1)
        #expect(choice() == .call(1))
        roster.value.told(1, isServing: nil, over: 1)
        #expect(choice() == .wait(until: nil))
    }

    @Test("has no call wait where every server takes none, or cannot be reached while another says so")
    func refusal() {
        let roster = Self.ready(2)
        func choice() -> Roster.Choice { roster.choose(avoiding: [], at: Self.start) }
        roster.value.told(1, isServing: false, over: 1)
        #expect(choice() == .call(2))
        roster.value.told(2, isServing: false, over: 1)
        #expect(choice() == .refusal)
        // It may be back in a moment.
        roster.value.lost(2, connection: 1)
        #expect(choice() == .wait(until: nil))
        roster.value.unreachable(2, because: Self.failure)
        #expect(choice() == .refusal)
        roster.value.connected(2, as: 2)
        #expect(choice() == .wait(until: nil))
        roster.value.told(2, isServing: nil, over: 2)
        #expect(choice() == .wait(until: nil))
        roster.value.told(2, isServing: false, over: 2)
        #expect(choice() == .refusal)
        // One that leaves does not count, whatever it says.
        _ = roster.resolved([Self.address(1), Self.address(3)])
        #expect(choice() == .wait(until: nil))
        roster.value.unreachable(3, because: Self.failure)
        #expect(choice() == .refusal)
        roster.value.lost(1, connection: 1)
        roster.value.unreachable(1, because: Self.failure)
        // A server that nobody reaches may be on its way.
        #expect(choice() == .wait(until: nil))
    }

    @Test("calls a name's addresses of one family, the system's first, and those of the other while none of it is ready")
    func families() {
        let dual = ServerName(host: "dual.test", port: 7701)
        let single = Self.address(9)
        let roster = Known()
        let addresses = ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2"].map { ServerAddress(host: $0, name: dual) }
        for member in roster.resolved(addresses + [single]).joined {
            roster.value.connected(member.id, as: 1)
            roster.value.told(member.id, isServing: true, over: 1)
        }
        func choices(avoiding tried: Set<Roster.ID> = []) -> [Roster.Choice] {
            (0..<6).map { _ in roster.choose(avoiding: tried, at: Self.start) }
        }
        // Each of the dual servers once, and the other name's.
        #expect(choices() == [1, 3, 5, 1, 3, 5].map(Roster.Choice.call))
        #expect(roster.chooseOther(than: [1, 3, 5], at: Self.start) == nil)
        #expect(choices(avoiding: [1, 5]) == Array(repeating: .call(3), count: 6))
        roster.value.lost(1, connection: 1)
        #expect(choices() == [5, 3, 5, 3, 5, 3].map(Roster.Choice.call))
        roster.value.lost(3, connection: 1)
        #expect(choices() == [4, 5, 2, 4, 5, 2].map(Roster.Choice.call))
        roster.value.connected(1, as: 2)
        roster.value.told(1, isServing: true, over: 2)
        #expect(choices() == [5, 1, 5, 1, 5, 1].map(Roster.Choice.call))
        // The system has changed its mind.
        _ = roster.resolved([addresses[1], addresses[0], addresses[3]])
        #expect(choices() == [2, 4, 2, 4, 2, 4].map(Roster.Choice.call))
    }

    @Test("forgets with a connection what the server said over it, and takes nothing from one before")
    func connections() {
        let roster = Self.ready(1)
        roster.value.lost(1, connection: 1)
        #expect(roster.choose(avoiding: [], at: Self.start) == .wait(until: nil))
        roster.value.connected(1, as: 2)
        roster.value.told(1, isServing: true, over: 1)
        #expect(roster.choose(avoiding: [], at: Self.start) == .wait(until: nil))
        #expect(!roster.value.hasServed(1, over: 2))
        roster.value.told(1, isServing: true, over: 2)
        #expect(roster.value.hasServed(1, over: 2) && !roster.value.hasServed(1, over: 1))
        roster.value.lost(1, connection: 1)
        #expect(roster.choose(avoiding: [], at: Self.start) == .call(1))
    }

    @Test("passes over an address where an attempt failed, longer after each in a row, until one is answered")
    func recovery() {
        let roster = Self.ready(2)
        #expect(roster.choose(avoiding: [], at: Self.start) == .call(1))
        #expect(!roster.ended(1, .failed, begun: Self.start, at: Self.instant(10), chance: 1))
        for _ in 0..<3 { #expect(roster.choose(avoiding: [], at: Self.instant(59)) == .call(2)) }
        roster.value.told(2, isServing: nil, over: 1)
        #expect(roster.choose(avoiding: [], at: Self.instant(59)) == .wait(until: Self.instant(60)))
        #expect(roster.choose(avoiding: [], at: Self.instant(60)) == .call(1))
        _ = roster.ended(1, .failed, begun: Self.instant(60), at: Self.instant(100), chance: 1)
        #expect(roster.choose(avoiding: [], at: Self.instant(100)) == .wait(until: Self.instant(200)))
        #expect(roster.choose(avoiding: [], at: Self.instant(200)) == .call(1))
        _ = roster.ended(1, .answered, begun: Self.instant(200), at: Self.instant(201), chance: 1)
        #expect(roster.choose(avoiding: [], at: Self.instant(201)) == .call(1))
        _ = roster.ended(1, .failed, begun: Self.instant(201), at: Self.instant(300), chance: 1)
        #expect(roster.choose(avoiding: [], at: Self.instant(300)) == .wait(until: Self.instant(350)))
    }

    @Test("counts attempts that ran at the same time as one failure, and takes no comfort from what began before it")
    func concurrentFailures() {
        let roster = Self.ready(1)
        for _ in 0..<10 { _ = roster.choose(avoiding: [], at: Self.start) }
        for _ in 0..<8 { _ = roster.ended(1, .failed, begun: Self.start, at: Self.instant(10), chance: 1) }
        _ = roster.ended(1, .answered, begun: Self.start, at: Self.instant(11), chance: 1)
        _ = roster.ended(1, .unknown, begun: Self.instant(11), at: Self.instant(12), chance: 1)
        #expect(roster.value.members.map(\.failures) == [1] && roster.value.members.map(\.running) == [0])
        #expect(roster.choose(avoiding: [], at: Self.instant(12)) == .wait(until: Self.instant(60)))
    }

    @Test("prefers for a second attempt an address where the call has not been, and takes no other for a hedge")
    func secondAttempts() {
        let roster = Self.ready(2)
        for _ in 0..<3 { #expect(roster.choose(avoiding: [1], at: Self.start) == .call(2)) }
        for _ in 0..<3 { #expect(roster.chooseOther(than: [2], at: Self.start) == 1) }
        #expect(roster.choose(avoiding: [1, 2], at: Self.start) == .call(2))
        #expect(roster.chooseOther(than: [1, 2], at: Self.start) == nil)
    }

    @Test("lets what runs at an address that has left come to its end, and begins nothing there")
    func leaving() {
        let roster = Self.ready(2)
        #expect(roster.choose(avoiding: [], at: Self.start) == .call(1))
        #expect(roster.choose(avoiding: [], at: Self.start) == .call(2))
        let (joined, gone) = roster.resolved([Self.address(1), Self.address(3)])
        #expect(joined.map(\.id) == [3] && gone.isEmpty)
        for _ in 0..<3 { #expect(roster.choose(avoiding: [], at: Self.start) == .call(1)) }
        #expect(roster.ended(2, .answered, begun: Self.start, at: Self.start, chance: 1))
        #expect(roster.value.members.map(\.id) == [1, 3])
        #expect(roster.resolved([Self.address(1)]).gone == [3])
    }

    @Test("takes an address that comes back while calls run there for the same one")
    func comingBack() {
        let roster = Self.ready(1)
        #expect(roster.choose(avoiding: [], at: Self.start) == .call(1))
        _ = roster.resolved([])
        #expect(roster.choose(avoiding: [], at: Self.start) == .wait(until: nil))
        #expect(roster.resolved([Self.address(1)]).joined.isEmpty)
        #expect(!roster.ended(1, .answered, begun: Self.start, at: Self.start, chance: 1))
        #expect(roster.choose(avoiding: [], at: Self.start) == .call(1))
    }

    @Test("has no call wait where every address has a certificate that is not to be trusted")
    func distrust() {
        let roster = Known()
        _ = roster.resolved([Self.address(1), Self.address(2)])
        let distrusted = RPCError(.unavailable, "", isRefused: true, cause: ConnectionSecurityError("another name"))
        roster.value.unreachable(1, because: distrusted)
        roster.value.unreachable(2, because: Self.failure)
        #expect(roster.choose(avoiding: [], at: Self.start) == .wait(until: nil))
        roster.value.unreachable(2, because: distrusted)
        #expect(roster.choose(avoiding: [], at: Self.start) == .distrust)
        roster.value.connected(1, as: 1)
        #expect(roster.choose(avoiding: [], at: Self.start) == .wait(until: nil))
    }
}
