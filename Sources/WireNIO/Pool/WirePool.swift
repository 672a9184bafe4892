public import Logging
import NIOCore
import Synchronization
public import Wire

/// Calls the servers of one service, over one connection to each of their addresses.
///
/// A call goes to an address that is ready: it is connected, its server says by the standard health service that it takes calls, or has no
/// such service, and the last attempt there did not fail. Where none is ready a call waits, within its deadline. What failed without harm
/// is tried again elsewhere (``CallAttempts``), within a budget (``RetryBudget``).
public final class WirePool: ClientTransport {
    /// Where an attempt is made, and since when.
    struct Chosen {
        let id: Roster.ID
        let client: WireClient
        let link: WireClient.Link
        let begun: ContinuousClock.Instant
    }

    /// What is kept of an address beside what the roster knows.
    private struct Place {
        let client: WireClient
        var link: WireClient.Link?
        /// Kept when nothing runs there any more, after the address has left.
        let gone: EventLoopPromise<Void>
    }

    private struct State {
        var roster: Roster
        var budget: RetryBudget
        var places: [Roster.ID: Place] = [:]
        var isOver = false

        /// An attempt at an address that the roster chose.
        func chosen(_ id: Roster.ID, at now: ContinuousClock.Instant) -> Chosen {
            guard let place = places[id], let link = place.link else {
                preconditionFailure("an address that is ready is connected")
            }
            return Chosen(id: id, client: place.client, link: link, begun: now)
        }
    }

    let names: [ServerName]
    let configuration: WirePoolConfiguration
    let backoff: Backoff
    let lookUp: HostLookup
    let logger: Logger
    private let security: (any ConnectionSecurity)?
    private let token: (@Sendable () -> String)?
    private let state: Mutex<State>
    /// What is learnt of the addresses: what calls wait for that found none ready.
    let readiness = ChangeSignal()
    /// What the next look at the names waits for.
    let losses = ChangeSignal()

    /// - Parameters:
    ///   - names: of hosts, each of which stands for all of its addresses.
    ///   - security: of its connections; without it they are plain TCP. A certificate is to have the name under which its server was found.
    ///   - token: the bearer token to send with each call, as it is then.
    public convenience init(
        _ names: [ServerName], configuration: WirePoolConfiguration, security: (any ConnectionSecurity)? = nil,
        token: (@Sendable () -> String)? = nil, logger: Logger
    ) {
        self.init(
            names, configuration: configuration, security: security, token: token, lookUp: SystemLookup.addresses, logger: logger)
    }

    init(
        _ names: [ServerName], configuration: WirePoolConfiguration, security: (any ConnectionSecurity)?,
        token: (@Sendable () -> String)?, lookUp: @escaping HostLookup, logger: Logger
    ) {
        precondition(!names.isEmpty, "a pool calls somebody")
        self.names = names
        self.configuration = configuration
        self.security = security
        self.token = token
        self.lookUp = lookUp
        self.logger = logger
        backoff = Backoff(shortest: configuration.shortestPause, longest: configuration.longestPause)
        let budget = RetryBudget(
            capacity: configuration.budgetTokens, earnedBySuccess: configuration.budgetEarnedBySuccess)
        state = Mutex(State(roster: Roster(configuration.choice, backoff: backoff), budget: budget))
    }

    public var defaultTimeout: Duration { configuration.client.defaultTimeout }

    /// Looks the names up, connects, and watches the servers for as long as `body` runs. Calls that are made before wait; those that still run
    /// afterwards end as `UNAVAILABLE`, and so do all later ones.
    public func run<Result: Sendable>(beside body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepAddresses() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    // MARK: - Addresses

    /// What is known of the addresses.
    var members: [Roster.Member] { state.withLock { $0.roster.members } }

    /// Takes what the names stand for now.
    ///
    /// - Returns: a client for each address that is new, and when to let go of it.
    func resolved(_ addresses: [ServerAddress]) -> [(id: Roster.ID, client: WireClient, gone: EventLoopFuture<Void>)] {
        let (joined, gone) = state.withLock { state in
            let (joined, gone) = state.roster.resolved(addresses)
            for member in joined { state.places[member.id] = place(member.address) }
            return (
                joined.compactMap { member in state.places[member.id].map { (member.id, $0.client, $0.gone.futureResult) } },
                gone.compactMap { state.places.removeValue(forKey: $0) }
            )
        }
        for place in gone { place.gone.succeed() }
        // Where the last that could be trusted has gone, there is nothing to wait for.
        if !gone.isEmpty { readiness.changed() }
        return joined
    }

    private func place(_ address: ServerAddress) -> Place {
        let client = WireClient(
            host: address.host, port: address.name.port, name: address.name.host, configuration: configuration.client,
            security: security, token: token, logger: logger)
        return Place(client: client, gone: Self.eventLoop.makePromise(of: Void.self))
    }

    func connected(_ id: Roster.ID, over link: WireClient.Link) {
        change { state in
            state.roster.connected(id, as: link.number)
            state.places[id]?.link = link
        }
    }

    /// A connection is gone, or takes no more calls.
    func lost(_ id: Roster.ID, _ link: WireClient.Link) {
        change { $0.roster.lost(id, connection: link.number) }
    }

    /// Whether the server said over a connection that it takes calls.
    func hasServed(_ id: Roster.ID, over link: WireClient.Link) -> Bool {
        state.withLock { $0.roster.hasServed(id, over: link.number) }
    }

    /// - Parameter isServing: nil where the server was asked in vain.
    func told(_ id: Roster.ID, isServing: Bool?, over link: WireClient.Link) {
        change { $0.roster.told(id, isServing: isServing, over: link.number) }
    }

    func unreachable(_ id: Roster.ID, because error: RPCError) {
        change { $0.roster.unreachable(id, because: error) }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        readiness.changed()
    }

    /// Nothing more is called.
    func end() {
        let places = state.withLock { state in
            state.isOver = true
            defer { state.places = [:] }
            return state.places.values
        }
        for place in places { place.gone.succeed() }
        readiness.changed()
    }

    // MARK: - Attempts

    /// An address that is ready, once there is one. It counts as running there until ``ended(_:_:)``.
    ///
    /// - Parameters:
    ///   - tried: where the call has been; another is preferred.
    ///   - waits: whether it waits where all servers say that they take no calls.
    func choose(avoiding tried: Set<Roster.ID>, by deadline: Deadline, waits: Bool) async throws -> Chosen {
        while true {
            let seen = readiness.version
            let now = ContinuousClock.now
            let (choice, chosen) = try state.withLock { state in
                guard !state.isOver else { throw RPCError(.unavailable, "the client is closed", isRefused: true) }
                let choice = state.roster.choose(avoiding: tried, at: now)
                guard case .call(let id) = choice else { return (choice, nil as Chosen?) }
                return (choice, state.chosen(id, at: now))
            }
            if let chosen { return chosen }
            guard choice != .distrust, waits || choice != .refusal, !deadline.hasPassed else { throw noneReady() }
            guard !Task.isCancelled else { throw WireClient.cancelled() }
            var instant = deadline.instant
            if case .wait(let recovery?) = choice { instant = min(instant, recovery) }
            try await readiness.wait(since: seen, until: instant)
        }
    }

    /// Where a hedge goes, if there may be one.
    func chooseHedge(than tried: Set<Roster.ID>) -> Chosen? {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard !state.isOver, state.budget.isSound, let id = state.roster.chooseOther(than: tried, at: now) else {
                return nil
            }
            state.budget.tookHedge()
            return state.chosen(id, at: now)
        }
    }

    /// An attempt is over.
    func ended(_ chosen: Chosen, _ outcome: Roster.Outcome) {
        let chance = Double.random(in: 0...1)
        let gone = state.withLock { state in
            let isGone = state.roster.ended(chosen.id, outcome, begun: chosen.begun, at: .now, chance: chance)
            return isGone ? state.places.removeValue(forKey: chosen.id) : nil
        }
        gone?.gone.succeed()
        if outcome == .answered || gone != nil { readiness.changed() }
    }

    // MARK: - The budget

    func succeeded() { state.withLock { $0.budget.succeeded() } }

    func failed() { state.withLock { $0.budget.failed() } }

    /// Whether second attempts may be made.
    var isBudgetSound: Bool { state.withLock { $0.budget.isSound } }

    // MARK: - Helpers

    private func noneReady() -> RPCError {
        let targets = names.map(\.description).joined(separator: ",")
        let members = members
        guard !members.contains(where: { $0.connection != nil }) else {
            return RPCError(.unavailable, "no server of \(targets) takes calls", isRefused: true)
        }
        let failure = (members.first(where: \.isDistrusted) ?? members.first)?.failure
        let reason = failure.map { ": \($0.message)" } ?? ""
        return RPCError(.unavailable, "\(targets) can't be reached\(reason)", isRefused: true, cause: failure)
    }
}
