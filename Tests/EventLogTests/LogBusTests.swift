import Contracts
import EventBusConformance
import EventLog
import Logging
import Postgres
import Testing

@Suite("A log in PostgreSQL")
struct LogBusTests {
    @Test("does what every event bus does", arguments: EventBusConformance.allCases, [1, 4])
    func conforms(check: EventBusConformance, partitions: Int) async throws {
        let fixture = try await LogFixture(partitions: partitions)
        try await check.check(
            EventBusConformance.Subject {
                LogBus(log: fixture.log, pool: fixture.pool, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            })
    }

    @Test("is relayed to another, by any number of processes, each event once and in order")
    func relay() async throws {
        let fixture = try await LogFixture(partitions: 2)
        let target = try await LogFixture(partitions: 3)
        let bus = LogBus(log: target.log, pool: target.pool, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await fixture.append((0..<90).map { try fixture.event("\($0)", of: "\($0 % 5)") })
        let relayed = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    let relay = EventRelay(log: fixture.log, pool: fixture.pool, bus: bus, name: "relay")
                    var count = 0
                    while true {
                        let step = try await relay.step(limit: 10)
                        guard step > 0 else { return count }
                        count += step
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(relayed == 90)
        var written: [[UInt8]: UInt64] = [:]
        for partition in 0..<2 {
            for event in try await fixture.all(of: partition) { written[event.id] = event.aggregateVersion }
        }
        for partition in 0..<3 {
            let events = try await target.all(of: partition)
            for event in events { #expect(written.removeValue(forKey: event.id) == event.aggregateVersion) }
            for (_, ofOne) in Dictionary(grouping: events, by: \.aggregateID) {
                #expect(ofOne.map(\.aggregateVersion) == ofOne.map(\.aggregateVersion).sorted())
            }
        }
        #expect(written.isEmpty)
        // What has been relayed may be forgotten; what has not been stays.
        try await fixture.append(1)
        try await fixture.pool.execute("UPDATE essays.event_log SET occurred_at = occurred_at - interval '2 days'")
        #expect(try await fixture.log.forget(olderThan: .seconds(86_400), in: fixture.pool) == 90)
    }
}
