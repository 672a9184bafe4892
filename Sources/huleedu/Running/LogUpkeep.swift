import EventLog
import Logging
import Postgres
import ServiceKit

/// What a service does for its event log besides writing to it: events get their positions, and old ones are forgotten.
struct LogUpkeep: Sendable {
    /// Rung when events can be read.
    let sequenced = Bell()
    private let sequencer: Sequencer
    private let retention: Retention
    private let logger: Logger

    /// - Parameter appended: rung when events may have been written.
    init(_ log: EventLog, pool: Pool, appended: Bell, logger: Logger) {
        sequencer = Sequencer(log: log, pool: pool, appended: appended, sequenced: sequenced, logger: logger)
        retention = Retention(log: log, pool: pool, logger: logger)
        self.logger = logger
    }

    /// Takes over at once what a dead process held.
    ///
    /// Only for a process that is alone on its database.
    func takeOver() async throws {
        try await sequencer.takeOver()
    }

    /// Looks after the log while the service works, until cancelled.
    func run(beside work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await RetryingLoop("event log", logger: logger).run { try await sequencer.step() } }
            group.addTask { try await RetryingLoop("event retention", logger: logger).run { try await retention.step() } }
            group.addTask { try await work() }
            try await group.waitForAll()
        }
    }

    /// Moves what was written last, so that nothing is pending while no process runs; where the database takes too long over it, the
    /// next process does it.
    func finish() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await sequencer.finish() }
            group.addTask {
                // Cancelled when the sequencer has finished first.
                try? await Task.sleep(for: Self.longestFinish)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private static let longestFinish: Duration = .seconds(2)
}
