/// Runs schedules and tells which of them broke a rule.
public enum Simulation {
    /// A schedule that broke a rule.
    public struct Failure: Sendable, Hashable {
        public let seed: UInt64
        public let violations: [String]
    }

    /// Runs the schedule of one seed; the same seed is the same run, on every machine.
    ///
    /// - Returns: nil when every rule held.
    public static func run(seed: UInt64) -> Failure? {
        let violations = World(seed: seed).run()
        return violations.isEmpty ? nil : Failure(seed: seed, violations: violations)
    }

    /// Runs the schedule of one seed and tells what happened in it.
    public static func trace(seed: UInt64) -> (events: [String], failure: Failure?) {
        let world = World(seed: seed, isTraced: true)
        let violations = world.run()
        return (world.trace, violations.isEmpty ? nil : Failure(seed: seed, violations: violations))
    }
}
