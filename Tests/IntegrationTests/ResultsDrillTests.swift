import Logging
import PostgresTestSupport
import Testing

@testable import Chaos

@Suite("Results of a batch whose reader is killed", .timeLimit(.minutes(5)))
struct ResultsDrillTests {
    @Test("are read from the beginning by the next, and each counts once")
    func drill() async throws {
        let scratch = try Scratch()
        let report = try await ResultsDrill.run(lines: 3000, batchSeconds: 4, folder: scratch.path, logger: .silent) { _ in }
        #expect(report.lines == 3000 && (1...2251).contains(report.leftAtKill))
        #expect(report.before > 0 && report.untilKill >= report.before)
    }
}
