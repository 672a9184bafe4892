import Testing

@testable import JobQueue

@Suite("The pause before another attempt")
struct BackoffTests {
    private let backoff = Backoff(first: .seconds(1), longest: .seconds(300))

    @Test(
        "has a bound that doubles up to the longest",
        arguments: [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (31, 300), (.max, 300), (0, 1), (.min + 1, 1)] as [(Int64, Int)])
    func bound(attempt: Int64, seconds: Int) {
        #expect(backoff.bound(afterAttempt: attempt) == .seconds(seconds))
    }

    @Test("is the part of the bound that chance says")
    func chance() {
        #expect(backoff.delay(afterAttempt: 3, chance: 0) == .zero)
        #expect(backoff.delay(afterAttempt: 3, chance: 0.25) == .seconds(1))
        #expect(backoff.delay(afterAttempt: 3, chance: 1) == .seconds(4))
    }

    @Test("follows an error, and no cancellation")
    func steps() {
        struct Broken: Error {}
        let job = Job(id: 1, kind: "k", subject: "", priority: .normal, attempt: 3, maxAttempts: 3, epoch: 1, isUnique: false)
        func step(_ outcome: Result<JobWorker.Step, any Error>) -> JobWorker.Step {
            JobWorker.step(outcome, of: job, backoff: backoff, chance: 0.5)
        }
        #expect(step(.success(.settled)) == .settled)
        #expect(step(.failure(CancellationError())) == .postpone(.zero))
        #expect(step(.failure(Broken())) == .retry(after: .seconds(2), reason: "Broken()"))
    }
}
