import Testing

@testable import EventLog

@Suite("A wake-up", .timeLimit(.minutes(1)))
struct WakeupTests {
    @Test("given between the look and the wait is not missed")
    func betweenLookAndWait() async {
        let wakeup = Wakeup()
        let seen = wakeup.generation
        wakeup.signal()
        // Would last an hour if the signal counted only for those who already wait.
        await wakeup.wait(after: seen, upTo: .seconds(3600))
        #expect(wakeup.generation == seen + 1)
    }

    @Test("is never missed in thousands of races between looking, waiting and signalling")
    func race() async {
        let rounds = 5_000
        let wakeup = Wakeup()
        let published = Number()
        let taken = Wakeup()
        let consumed = Number()
        await withTaskGroup(of: Void.self) { group in
            // Each publishes only after the other has taken what was there, so that one missed signal stops both for an hour.
            group.addTask {
                for round in 1...rounds {
                    published.value = round
                    wakeup.signal()
                    while true {
                        let generation = taken.generation
                        if consumed.value == round { break }
                        await taken.wait(after: generation, upTo: .seconds(3600))
                    }
                }
            }
            group.addTask {
                for round in 1...rounds {
                    while true {
                        let generation = wakeup.generation
                        if published.value == round { break }
                        await wakeup.wait(after: generation, upTo: .seconds(3600))
                    }
                    consumed.value = round
                    taken.signal()
                }
            }
        }
        #expect(consumed.value == rounds)
    }

    @Test("wakes everyone who waits, and leaves nobody behind")
    func everyone() async {
        let wakeup = Wakeup()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 { group.addTask { await wakeup.wait(after: 0, upTo: .seconds(3600)) } }
            while wakeup.waiterCount < 200 { await Task.yield() }
            wakeup.signal()
        }
        #expect(wakeup.waiterCount == 0)
    }

    @Test("that does not come is waited for only so long")
    func timeLimit() async {
        let wakeup = Wakeup()
        await wakeup.wait(after: 0, upTo: .milliseconds(1))
        await wakeup.wait(after: 0, upTo: .zero)
        #expect(wakeup.generation == 0 && wakeup.waiterCount == 0)
    }

    @Test("is not waited for by a task that is or gets cancelled", arguments: [true, false])
    func cancelled(before: Bool) async {
        let wakeup = Wakeup()
        let task = Task {
            if before { withUnsafeCurrentTask { $0?.cancel() } }
            await wakeup.wait(after: 0, upTo: .seconds(3600))
        }
        if !before {
            while wakeup.waiterCount == 0 { await Task.yield() }
            task.cancel()
        }
        await task.value
        #expect(wakeup.waiterCount == 0)
    }

    @Test("and a cancellation that meet resume each waiter once")
    func cancellationRace() async {
        let wakeup = Wakeup()
        for _ in 0..<2_000 {
            let generation = wakeup.generation
            let waiter = Task { await wakeup.wait(after: generation, upTo: .seconds(3600)) }
            async let signal: Void = { wakeup.signal() }()
            waiter.cancel()
            await signal
            await waiter.value
        }
        #expect(wakeup.waiterCount == 0)
    }
}
