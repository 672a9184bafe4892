import Wire

/// The addresses of a pool's servers, what is known of each, and to which of them a call may go. It knows no socket and no clock.
struct Roster {
    /// Numbers rise from 1 in the order in which addresses came to be known.
    typealias ID = UInt64

    struct Member {
        let id: ID
        let address: ServerAddress
        /// Its connection; numbers rise.
        fileprivate(set) var connection: UInt64?
        /// Whether its server says that it takes calls.
        fileprivate(set) var isServing = false
        /// Whether it says that it takes none; neither is so where it has not been asked yet.
        fileprivate(set) var isRefusing = false
        /// The last connection over which it said so.
        fileprivate var lastServing: UInt64?
        /// Whether it is no longer an address of any name: what runs there ends there, and nothing new begins.
        fileprivate(set) var isLeaving = false
        fileprivate(set) var running = 0
        /// Why there is no connection, where one was tried.
        fileprivate(set) var failure: RPCError?
        /// Attempts in a row that failed.
        fileprivate(set) var failures = 0
        fileprivate var lastFailure: ContinuousClock.Instant?
        /// When it may be called again after a failure.
        fileprivate(set) var recovery: ContinuousClock.Instant?

        /// Whether it was tried to connect to it, in vain.
        var isUnreachable: Bool { connection == nil && failure != nil }
        /// Whether it may be called, but for what failed there.
        var isOpen: Bool { connection != nil && isServing && !isLeaving }
    }

    enum Choice: Equatable {
        case call(ID)
        /// None is ready: for a change, or for the instant, whichever comes first.
        case wait(until: ContinuousClock.Instant?)
        /// None will be, before its certificate is another.
        case distrust
        /// None is, as they say themselves, or as was found where they cannot be reached.
        case refusal
    }

    /// What an attempt told of the address where it was made.
    enum Outcome: Equatable {
        /// The server answered, whatever it said.
        case answered
        /// The connection was lost, or the server does not take calls.
        case failed
        /// Nothing: it was not written, or nobody waited for its end.
        case unknown
    }

    private(set) var members: [Member] = []
    /// Of which family each name's addresses are that are called, while any of them is ready: that which the system would try first.
    private var families: [ServerName: ServerAddress.Family] = [:]
    private var chooser: AddressChooser
    private let backoff: Backoff
    private var lastID: ID = 0

    init(_ rule: AddressChoice, backoff: Backoff) {
        chooser = AddressChooser(rule)
        self.backoff = backoff
    }

    // MARK: - Which addresses there are

    /// Takes what the names stand for now.
    ///
    /// - Returns: who has joined, and who has gone at once because nothing runs there.
    mutating func resolved(_ addresses: [ServerAddress]) -> (joined: [Member], gone: [ID]) {
        var joined: [Member] = []
        families = Dictionary(addresses.map { ($0.name, $0.family) }) { first, _ in first }
        for address in addresses {
            if let known = members.firstIndex(where: { $0.address == address }) {
                members[known].isLeaving = false
            } else {
                lastID += 1
                joined.append(Member(id: lastID, address: address))
                members.append(Member(id: lastID, address: address))
            }
        }
        for index in members.indices where !addresses.contains(members[index].address) { members[index].isLeaving = true }
        let gone = members.filter { $0.isLeaving && $0.running == 0 }.map(\.id)
        members.removeAll { gone.contains($0.id) }
        return (joined, gone)
    }

    // MARK: - What is learnt of them

    mutating func connected(_ id: ID, as connection: UInt64) {
        change(id) { member in
            member.connection = connection
            member.failure = nil
            member.isRefusing = false
        }
    }

    /// A connection is gone, or takes no more calls. Whether the server takes any is asked again over the next.
    mutating func lost(_ id: ID, connection: UInt64) {
        change(id) { member in
            guard member.connection == connection else { return }
            member.connection = nil
            member.isServing = false
            member.isRefusing = false
        }
    }

    mutating func unreachable(_ id: ID, because error: RPCError) {
        change(id) { $0.failure = error }
    }

    /// What the server says of itself over a connection.
    ///
    /// - Parameter isServing: nil where it was asked in vain.
    mutating func told(_ id: ID, isServing: Bool?, over connection: UInt64) {
        change(id) { member in
            guard member.connection == connection else { return }
            member.isServing = isServing == true
            member.isRefusing = isServing == false
            if isServing == true { member.lastServing = connection }
        }
    }

    /// Whether the server said over a connection that it takes calls.
    func hasServed(_ id: ID, over connection: UInt64) -> Bool {
        members.contains { $0.id == id && $0.lastServing == connection }
    }

    // MARK: - Attempts

    /// Chooses where a call goes; it counts as running there.
    ///
    /// - Parameter tried: where it has been; another is preferred.
    mutating func choose(avoiding tried: Set<ID>, at now: ContinuousClock.Instant) -> Choice {
        let open = members.filter(\.isOpen)
        let ready = ready(of: open, at: now)
        let others = ready.filter { !tried.contains($0.id) }
        guard let chosen = take(others.isEmpty ? ready : others) else {
            let known = members.filter { !$0.isLeaving }
            guard known.isEmpty || !known.allSatisfy(\.isDistrusted) else { return .distrust }
            let isRefused = known.contains(where: \.isRefusing) && known.allSatisfy { $0.isRefusing || $0.isUnreachable }
            guard !isRefused else { return .refusal }
            return .wait(until: open.compactMap(\.recovery).min())
        }
        return .call(chosen)
    }

    /// Chooses where a hedge goes: where the call has not been, or nowhere.
    mutating func chooseOther(than tried: Set<ID>, at now: ContinuousClock.Instant) -> ID? {
        take(ready(of: members.filter(\.isOpen), at: now).filter { !tried.contains($0.id) })
    }

    /// An attempt is over.
    ///
    /// - Parameters:
    ///   - begun: when it began: of several that ran at the same time, those that began before the first failure tell nothing new.
    ///   - chance: from 0 to 1.
    /// - Returns: whether the address has gone with it.
    mutating func ended(
        _ id: ID, _ outcome: Outcome, begun: ContinuousClock.Instant, at now: ContinuousClock.Instant, chance: Double
    ) -> Bool {
        let backoff = backoff
        change(id) { member in
            member.running -= 1
            guard member.lastFailure.map({ $0 <= begun }) ?? true else { return }
            switch outcome {
            case .unknown: break
            case .answered:
                member.failures = 0
                member.lastFailure = nil
                member.recovery = nil
            case .failed:
                member.failures += 1
                member.lastFailure = now
                member.recovery = now + backoff.pause(afterFailures: member.failures, chance: chance)
            }
        }
        let isGone = members.contains { $0.id == id && $0.isLeaving && $0.running == 0 }
        if isGone { members.removeAll { $0.id == id } }
        return isGone
    }

    // MARK: - Helpers

    /// Those that did not fail last, each server once: of a name with addresses of both families, those of one while there are any.
    private func ready(of open: [Member], at now: ContinuousClock.Instant) -> [Member] {
        let ready = open.filter { $0.recovery.map { $0 <= now } ?? true }
        let preferred = ready.filter { families[$0.address.name] == $0.address.family }
        let reached = Set(preferred.map(\.address.name))
        return ready.filter { !reached.contains($0.address.name) || families[$0.address.name] == $0.address.family }
    }

    private mutating func take(_ candidates: [Member]) -> ID? {
        guard let chosen = chooser.choose(from: candidates.map { .init(id: $0.id, running: $0.running) }) else { return nil }
        change(chosen) { $0.running += 1 }
        return chosen
    }

    private mutating func change(_ id: ID, _ body: (inout Member) -> Void) {
        guard let index = members.firstIndex(where: { $0.id == id }) else { return }
        body(&members[index])
    }
}

extension Roster.Member {
    /// Whether another attempt to connect would meet the same certificates.
    var isDistrusted: Bool {
        (failure?.cause as? ConnectionSecurityError).map { !$0.isPassing } ?? false
    }
}
