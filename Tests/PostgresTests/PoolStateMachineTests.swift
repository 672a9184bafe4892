import Testing

@testable import Postgres

@Suite("The pool's decisions")
struct PoolStateMachineTests {
    private let now = ContinuousClock.now

    private func machine(size: Int = 2, maxWaiters: Int = 3) -> PoolStateMachine {
        PoolStateMachine(size: size, maxWaiters: maxWaiters, reconnectDelay: .milliseconds(50) ... .seconds(5))
    }

    @Test("Waiters who gave up hold no place for ever while no connection can be made")
    func abandonedPlaces() {
        var machine = machine(size: 1, maxWaiters: 10)
        _ = machine.acquire(0, now: now)
        // One who stays, and others who come and go for as long as the server is down.
        for waiter in 1...10_000 {
            _ = machine.acquire(waiter, now: now)
            machine.giveUp(waiter)
            #expect(machine.queueLength <= 20)
        }
        #expect(machine.waiterCount == 1)
        #expect(machine.connected(1, lifetime: .seconds(60), now: now) == [.lease(1, to: 0, idleFor: .zero)])
    }

    @Test(
        "A server that went down under a full pool is tried again soon: what fails together counts as one failure",
        arguments: [1, 8, 64])
    func burstOfFailures(size: Int) {
        let delays = PoolConfiguration(connectionString: "").reconnectDelay
        var machine = PoolStateMachine(size: size, maxWaiters: size, reconnectDelay: delays)
        for waiter in 1...size { #expect(machine.acquire(waiter, now: now) == [.connect(waiter)]) }
        #expect(machine.connectFailed(1, isPermanent: false, jitter: 1) == [.wakeUp(after: delays.lowerBound)])
        for number in 1..<size { #expect(machine.connectFailed(number + 1, isPermanent: false, jitter: 1) == []) }
        var number = size
        var delay = delays.lowerBound
        for _ in 0..<20 {
            number += 1
            delay = min(delay * 2, delays.upperBound)
            let actions = machine.delayEnded()
            #expect(actions == [.connect(number)])
            #expect(machine.connectFailed(number, isPermanent: false, jitter: 1) == [.wakeUp(after: delay)])
        }
        #expect(delays.upperBound <= .milliseconds(500), "how late a server that is back may be noticed")
    }

    @Test("While connecting fails one attempt at a time is made, with growing delays up to a bound")
    func failures() {
        var machine = machine()
        #expect(machine.acquire(1, now: now) == [.connect(1)])
        #expect(machine.acquire(2, now: now) == [.connect(2)])
        #expect(machine.connectFailed(1, isPermanent: false, jitter: 1) == [.wakeUp(after: .milliseconds(50))])
        #expect(machine.connectFailed(2, isPermanent: false, jitter: 1) == [], "a delay is under way")
        #expect(machine.delayEnded() == [.connect(3)])
        var number = 3
        var delays: [Duration] = []
        for _ in 0..<10 {
            let actions = machine.connectFailed(number, isPermanent: false, jitter: 1)
            if case .wakeUp(let delay)? = actions.first { delays.append(delay) }
            #expect(machine.delayEnded() == [.connect(number + 1)])
            number += 1
        }
        #expect(delays.first == .milliseconds(100) && delays.last == .seconds(5) && delays == delays.sorted())
        #expect(
            machine.connected(number, lifetime: .seconds(60), now: now) == [
                .lease(number, to: 1, idleFor: .zero), .connect(number + 1),
            ])
    }

    @Test("A refusal for good is told to everyone who waits")
    func refusal() {
        var machine = machine()
        _ = machine.acquire(1, now: now)
        _ = machine.acquire(2, now: now)
        machine.giveUp(1)
        #expect(machine.connectFailed(1, isPermanent: true, jitter: 0) == [.failAll([2]), .wakeUp(after: .milliseconds(25))])
        #expect(machine.waiterCount == 0)
    }

    @Test("Random callers, failures and closings never lose a waiter or a connection", arguments: 0..<20)
    func randomSchedule(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var machine = machine(size: 3, maxWaiters: 5)
        var waiting: Set<Int> = []
        var connecting: Set<Int> = []
        var leased: Set<Int> = []
        var open: Set<Int> = []
        var closedCount = 0
        func carryOut(_ actions: [PoolStateMachine.Action]) {
            for action in actions {
                switch action {
                case .connect(let number): #expect(connecting.insert(number).inserted && !open.contains(number))
                case .lease(let number, let waiter, _):
                    #expect(waiting.remove(waiter) != nil && open.contains(number) && leased.insert(number).inserted)
                case .refuse(let waiter, _): #expect(waiting.remove(waiter) != nil)
                case .failAll(let waiters): for waiter in waiters { #expect(waiting.remove(waiter) != nil) }
                case .close(let number): #expect(open.remove(number) != nil && !leased.contains(number))
                case .wakeUp: break
                case .closed: closedCount += 1
                }
            }
            #expect(open.count + connecting.count <= 3 && waiting.count == machine.waiterCount)
        }
        for waiter in 0..<2_000 {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0, 1, 2:
                waiting.insert(waiter)
                carryOut(machine.acquire(waiter, now: now))
            case 3:
                guard let one = waiting.sorted().randomElement(using: &generator) else { continue }
                waiting.remove(one)
                machine.giveUp(one)
            case 4:
                guard let number = connecting.sorted().randomElement(using: &generator) else { continue }
                connecting.remove(number)
                open.insert(number)
                carryOut(machine.connected(number, lifetime: .seconds(60), now: now))
            case 5:
                guard let number = connecting.sorted().randomElement(using: &generator) else { continue }
                connecting.remove(number)
                carryOut(machine.connectFailed(number, isPermanent: .random(using: &generator), jitter: 0.5))
            case 6:
                guard let number = leased.sorted().randomElement(using: &generator) else { continue }
                leased.remove(number)
                carryOut(machine.release(number, isUsable: .random(using: &generator), now: now))
            default:
                carryOut(machine.delayEnded())
            }
        }
        carryOut(machine.close())
        #expect(waiting.isEmpty && machine.acquire(-1, now: now) == [.refuse(-1, .poolClosed)])
        for number in leased.sorted() {
            leased.remove(number)
            carryOut(machine.release(number, isUsable: true, now: now))
        }
        for number in connecting.sorted() {
            connecting.remove(number)
            open.insert(number)
            carryOut(machine.connected(number, lifetime: .seconds(60), now: now))
        }
        #expect(open.isEmpty && closedCount == 1)
    }
}
