import Logging
import PostgresTestSupport
import Testing

@testable import Chaos

@Suite("Limits that are enforced by the second", .timeLimit(.minutes(5)))
struct LimitDrillTests {
    @Test("are passed by none of eight processes, though the one that sends is killed")
    func eightProcesses() async throws {
        var options = LimitDrill.Options()
        options.requestsPerMinute = 3000
        options.burstMilliseconds = 1000
        options.latencyMilliseconds = 100
        options.requests = 300
        options.replicas = 8
        options.killsSender = true
        let scratch = try Scratch()
        let report = try await LimitDrill.run(options, folder: scratch.path, logger: .silent) { _ in }
        #expect(report.refused == 0 && report.accepted >= 300 && report.recoverySeconds != nil)
    }

    @Test("are held against the calls of the minute after any call, but for those that were refused")
    func fullestMinute() {
        func entry(_ seconds: Double, _ status: Int? = 200) -> Ledger.Entry {
            Ledger.Entry(
                sequence: 1, status: status, promptSha256: nil, fault: nil, receivedNanoseconds: Int64(seconds * 1e9),
                traceparent: nil)
        }
        #expect(LimitDrill.mostInAMinute([]) == 0)
        #expect(LimitDrill.mostInAMinute([entry(5)]) == 0)
        #expect(LimitDrill.mostInAMinute([entry(0), entry(60), entry(120.1)]) == 1)
        // A call whose caller died counts, a refusal and the line that tells of a written answer do not.
        #expect(
            LimitDrill.mostInAMinute([entry(30, 0), entry(0), entry(1, 429), entry(2, nil), entry(59), entry(60), entry(61)]) == 3
        )
    }
}
