/// Lets a number of tasks wait for each other.
actor Gate {
    private var arrived = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Returns once `count` tasks have called.
    func meet(_ count: Int) async {
        arrived += 1
        guard arrived < count else {
            waiting.forEach { $0.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}

/// Counts by key.
actor Runs {
    private var counts: [Int: Int] = [:]

    func next(_ key: Int) -> Int {
        counts[key, default: 0] += 1
        return counts[key, default: 0]
    }

    var total: Int { counts.values.reduce(0, +) }
}

/// The condition was not met in time.
struct ConditionTimedOut: Error {}

/// Waits until a condition holds.
///
/// - Parameter limit: an error beyond this, far above what any of the conditions should take.
func eventually(within limit: Duration = .seconds(30), _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw ConditionTimedOut() }
        try await Task.sleep(for: .milliseconds(5))
    }
}
