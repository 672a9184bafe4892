package import CJAssessmentService
import CJCore
import Dispatch
import Synchronization

/// Runs schedules and tells which of them broke a rule.
public enum Simulation {
    /// By what the scales of a schedule are estimated. The rules hold of any figures whatever; these decide which of them is put to the test
    /// where.
    public enum Estimation: String, Sendable, CaseIterable {
        /// The most probable abilities with a spread that is given: a small part of the time, so that there can be more schedules.
        case quick
        /// As the service does it.
        case service

        var estimator: ScaleEstimator {
            switch self {
            case .quick: ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 2.2), centre: .mode))
            case .service: RecentScales.serviceEstimator
            }
        }
    }

    /// What became of some schedules.
    public struct Outcome: Sendable, Hashable {
        public internal(set) var runs = 0
        /// How many assessments ended for each reason; those without one were not ended by anything that has a name.
        package internal(set) var endings: [AssessmentSnapshot.Reason: Int] = [:]
        /// Those that broke a rule, by seed.
        public internal(set) var failures: [Failure] = []

        /// How many assessments ended for each reason, by its name.
        public var endingsByName: [(name: String, count: Int)] {
            AssessmentSnapshot.Reason.allCases.map { ($0.rawValue, endings[$0, default: 0]) }
        }

        static func + (left: Self, right: Self) -> Self {
            Outcome(
                runs: left.runs + right.runs, endings: left.endings.merging(right.endings, uniquingKeysWith: +),
                failures: (left.failures + right.failures).sorted { $0.seed < $1.seed })
        }
    }

    /// A schedule that broke a rule.
    public struct Failure: Sendable, Hashable {
        public let seed: UInt64
        public let violations: [String]
    }

    /// Runs a schedule for each seed, several at a time; what comes of a seed does not depend on the others.
    ///
    /// - Parameters:
    ///   - threads: that run schedules; at least one.
    ///   - failuresAtMost: after so many no more schedules are begun.
    public static func run(
        seeds: Range<UInt64>, estimation: Estimation = .service, threads: Int = 1, failuresAtMost: Int = .max
    ) -> Outcome {
        let state = Mutex((next: seeds.lowerBound, outcome: Outcome()))
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            func nextSeed() -> UInt64? {
                state.withLock { state in
                    guard state.next < seeds.upperBound, state.outcome.failures.count < failuresAtMost else { return nil }
                    defer { state.next += 1 }
                    return state.next
                }
            }
            while let seed = nextSeed() {
                let outcome = run(seed: seed, estimation: estimation)
                state.withLock { $0.outcome = $0.outcome + outcome }
            }
        }
        return state.withLock(\.outcome)
    }

    /// Runs the schedule of one seed and tells what happened in it; the same seed is the same run, on every machine.
    public static func trace(seed: UInt64, estimation: Estimation = .service) -> (events: [String], outcome: Outcome) {
        let world = World(seed: seed, estimator: estimation.estimator, isTraced: true)
        let outcome = outcome(of: world, seed: seed)
        return (world.trace, outcome)
    }

    private static func run(seed: UInt64, estimation: Estimation) -> Outcome {
        outcome(of: World(seed: seed, estimator: estimation.estimator), seed: seed)
    }

    private static func outcome(of world: World, seed: UInt64) -> Outcome {
        let violations = world.run()
        var outcome = Outcome(runs: 1)
        for reason in world.tables.assessments.compactMap(\.snapshot.reason) { outcome.endings[reason, default: 0] += 1 }
        if !violations.isEmpty { outcome.failures = [Failure(seed: seed, violations: violations)] }
        return outcome
    }
}
