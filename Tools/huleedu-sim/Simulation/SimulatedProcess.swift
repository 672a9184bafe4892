import CJAssessmentService
import CJCore
import Contracts
import Logging

/// A process of the assessment service: the real handlers, with a memory that goes when it dies.
final class SimulatedProcess: @unchecked Sendable {
    /// Where a handler is when it may die.
    enum Step {
        case between, beforeCommit, afterCommit
    }

    /// The end of a process: every call it makes from now on fails, and nobody hears of it.
    struct Death: Error {}
    /// A lost connection to the database, whatever became of the commit.
    struct ConnectionLost: Error {}

    unowned let world: World
    private let number: Int
    private(set) var isAlive = true
    /// Assessments to look at; forgotten with the process, and found again by the next sweep.
    var agenda: [String] = []
    private let scales: RecentScales
    /// Handlers under way.
    private(set) var underWay = 0

    init(_ number: Int, world: World) {
        self.number = number
        self.world = world
        scales = RecentScales(estimator: world.estimator)
    }

    func note(_ deed: @autoclosure () -> String) {
        world.note("process \(number) \(deed())")
    }

    /// A point between two calls of the database: others have their turn, and chance has its.
    func step(_ step: Step) async throws {
        await world.scheduler.park()
        guard isAlive else { throw Death() }
        if world.happens(world.troubles.death) {
            note("dies")
            isAlive = false
            throw Death()
        }
        if step != .between, world.happens(world.troubles.loss) { throw ConnectionLost() }
    }

    // MARK: - What the service's loops do, one turn each

    /// Begins a turn of one of the loops.
    func begin(_ turn: Turn) {
        underWay += 1
        world.scheduler.begin {
            do {
                try await self.take(turn)
            } catch {
                // As in the service: a loop that failed has its next turn.
            }
            self.underWay -= 1
        }
    }

    enum Turn: CaseIterable {
        case consume, submit, decide, sweep, monitor
    }

    private func take(_ turn: Turn) async throws {
        let store = MemoryStore(process: self)
        switch turn {
        case .consume: try await consume(store)
        case .submit:
            _ = try await ComparisonSubmitter(
                store: store, taker: SimulatedRequestTaker(process: self), atOnce: 4, claimLifetimeSeconds: 5,
                logger: World.logger
            ).submitNext()
        case .decide:
            guard !agenda.isEmpty else { return }
            try await advance(agenda.removeFirst(), store)
        case .monitor:
            name(
                try await RequestMonitor(
                    store: store, taker: SimulatedRequestTaker(process: self), recorder: recorder, patienceSeconds: 60,
                    logger: World.logger
                ).askAfterOverdue())
        case .sweep:
            for (id, isStopping) in try await store.unattended() {
                if !agenda.contains(id) { agenda.append(id) }
                if isStopping { try await SimulatedRequestTaker(process: self).withdraw(assessment: id) }
            }
        }
    }

    private var recorder: ResultRecorder<MemoryStore> {
        ResultRecorder(store: MemoryStore(process: self), intake: ResultIntake(maximumAttempts: 3))
    }

    private func consume(_ store: MemoryStore) async throws {
        // As much as there is, or less; and sometimes what has been read before comes again.
        let first = max(0, world.tables.cursor - (world.happens(0.2) ? Int.random(in: 0...2, using: &world.generator) : 0))
        let length = world.provider.log.count - first
        guard length > 0 else { return }
        let events = (first..<first + Int.random(in: 1...length, using: &world.generator)).map {
            (position: $0 + 1, result: world.provider.log[$0])
        }
        let touched = try await store.unit("consume events") { unit -> Set<String> in
            let cursor = try await store.lockedCursor(in: unit)
            let fresh = events.filter { $0.position > cursor }
            guard let last = fresh.last, fresh.first?.position == cursor + 1 else { return [] }
            let touched = try await recorder.record(fresh.map(\.result), in: unit)
            store.moveCursor(to: last.position, in: unit)
            return touched
        }
        name(touched)
    }

    private func name(_ touched: Set<String>) {
        for id in touched.sorted() where !agenda.contains(id) { agenda.append(id) }
    }

    private func advance(_ id: String, _ store: MemoryStore) async throws {
        _ = try await workflow(on: store).advance(id)
    }

    private func workflow(on store: MemoryStore) -> AssessmentWorkflow<MemoryStore> {
        AssessmentWorkflow(store: store, machine: World.machine, scales: scales)
    }

    // MARK: - What callers ask

    /// Begins a cancellation, as its caller asks for it.
    func cancel(_ id: String) {
        underWay += 1
        world.scheduler.begin {
            do {
                let store = MemoryStore(process: self)
                if try await self.workflow(on: store).cancel(id) == true {
                    try await SimulatedRequestTaker(process: self).withdraw(assessment: id)
                    try await self.advance(id, store)
                }
            } catch {
                // The caller hears of it and asks again or does not; the assessment is cancelled or it is not.
            }
            self.underWay -= 1
        }
    }

    /// Begins a continuation with more comparisons, as its caller asks for it.
    func takeUp(_ id: String) {
        underWay += 1
        world.scheduler.begin {
            do {
                let store = MemoryStore(process: self)
                let isTakenUp = try await self.workflow(on: store).takeUp(id) { snapshot in
                    (
                        AssessmentPlan.Stopping(
                            goal: snapshot.stopping.goal,
                            maximumComparisons: snapshot.stopping.maximumComparisons + 2,
                            maximumCost: snapshot.stopping.maximumCost, maximumSeconds: snapshot.stopping.maximumSeconds),
                        snapshot.maximumInFlight
                    )
                }
                if isTakenUp == true { try await self.advance(id, store) }
            } catch {
                // As above.
            }
            self.underWay -= 1
        }
    }
}
