import Contracts
import Postgres
import Testing
import Wire

@testable import CJAssessmentService

@Suite("Results that are long in coming, and time that is over")
struct MonitorTests {
    @Test("A request that the provider service has forgotten is handed over again, and the assessment ends")
    func forgotten() async throws {
        let provider = ScriptedProvider { _, number in number <= 3 ? .hold : .verdict }
        try await withService(provider, configure: { $0.resultPatienceSeconds = 0 }) { fixture in
            try await fixture.running {
                try await fixture.start(3)
                try await eventually { provider.held == 3 }
                provider.forget()
                let progress = try await fixture.end()
                #expect(progress.state == .completed)
                try await fixture.check(progress)
            }
        }
    }

    @Test("A result is asked for where its event does not come, and counts once when that comes after all")
    func missing() async throws {
        try await withService(configure: { $0.resultPatienceSeconds = -1 }) { fixture in
            try await fixture.start(2)
            let driver = fixture.driver()
            _ = try await driver.submitter.submitNext()
            #expect(try await driver.monitor.askAfterOverdue() == ["a"])
            let judged = try await fixture.progress().judged
            #expect(judged > 0)
            _ = try await fixture.consumer().consumeNext()
            #expect(try await fixture.progress().judged == judged)
            #expect(try await fixture.progress().providerCalls == judged)
        }
    }

    @Test("Nobody is asked before the time has come, nor again at once")
    func patience() async throws {
        let provider = ScriptedProvider { _, _ in .hold }
        try await withService(provider, configure: { $0.resultPatienceSeconds = 3600 }) { fixture in
            try await fixture.start(2)
            _ = try await fixture.driver().submitter.submitNext()
            #expect(try await fixture.store.overdueRequests(patienceSeconds: 3600) == [])
            #expect(try await !fixture.store.overdueRequests(patienceSeconds: -1).isEmpty)
            #expect(try await fixture.store.overdueRequests(patienceSeconds: 3600) == [])
        }
    }

    @Test("An assessment whose time is over starts nothing more, waits for what is with the judge, and says why it ended")
    func timeLimit() async throws {
        let provider = ScriptedProvider { _, _ in .hold }
        try await withService(provider) { fixture in
            try await fixture.start(6) {
                $0.maxInFlight = 2
                $0.stopping = CJV1.StoppingSettings(targetReliability: 0.99, maxSeconds: 3600)
            }
            _ = try await fixture.driver().submitter.submitNext()
            #expect(try await !fixture.store.isUndecided("a"))
            try await fixture.pool.execute("UPDATE cj.assessment SET overdue_at = now()")
            try await fixture.running {
                try await eventually { try await fixture.progress().stopReason == .timeLimit }
                provider.release()
                let progress = try await fixture.end()
                #expect(progress.state == .completed)
                #expect(progress.stopReason == .timeLimit)
                #expect(progress.judged <= 2)
            }
            // Going on begins the time anew.
            _ = try await fixture.service.continueAssessment(
                CJV1.ContinueAssessmentRequest(
                    assessmentID: "a", stopping: CJV1.StoppingSettings(targetReliability: 0.99, maxSeconds: 3600)),
                context: .test)
            #expect(try await fixture.progress().state == .running)
        }
    }

    @Test("Limits of time are taken from one second to a year", arguments: [0, 1, 365 * 86_400, 365 * 86_400 + 1])
    func limits(seconds: UInt64) throws {
        let parser = RequestParser(configuration: CJAssessmentConfiguration())
        let settings = CJV1.StoppingSettings(maxSeconds: seconds)
        if seconds == 1 || seconds == 365 * 86_400 {
            #expect(try parser.stopping(settings, essays: 3, anchors: 0).maximumSeconds == Int64(seconds))
        } else {
            let fault = #expect(throws: RequestFault.self) { try parser.stopping(settings, essays: 3, anchors: 0) }
            #expect(fault?.rpcError.message.hasPrefix("stopping.max_seconds: expected 1 to 31536000") == true)
        }
    }
}
