import CJCore
import Contracts
import Postgres
import Testing
import Wire

@testable import CJAssessmentService

@Suite("How often something is decided")
struct DecisionPaceTests {
    @Test(
        "After every result among few essays, and the more seldom the more there are",
        arguments: [(2, 1), (126, 1), (127, 2), (200, 5), (1000, 125)])
    func results(essays: Int, results: Int) {
        let pace = DecisionPace(essays: essays)
        #expect(pace.results == results)
        #expect(pace.chosenAtOnce(maximumInFlight: 16) == 15 + results)
    }

    @Test("Among many essays comparisons are chosen ahead, and the judge has no more of them at once than it may")
    func ahead() async throws {
        try await withService(ScriptedProvider { _, _ in .hold }) { fixture in
            try await fixture.running {
                try await fixture.start(200) { $0.maxInFlight = 4 }
                try await eventually { fixture.provider.held == 4 }
                let submitter = fixture.driver().submitter
                #expect(try await submitter.submitNext() == 0)
                #expect(fixture.provider.held == 4)
                #expect(try await fixture.progress().inFlight == 8)
                // Room for one more is used at once.
                fixture.provider.release(1)
                try await eventually { fixture.provider.requests.count == 5 }
                #expect(fixture.provider.held == 4)
            }
        }
    }

    @Test("A decision is due when enough results are in, and not before")
    func due() async throws {
        try await withService(ScriptedProvider { _, _ in .hold }) { fixture in
            try await fixture.start(200) { $0.maxInFlight = 4 }
            let driver = fixture.driver()
            for results in 1...5 {
                _ = try await driver.submitter.submitNext()
                fixture.provider.release(1)
                _ = try await driver.consumer.consumeNext()
                #expect(try await fixture.store.isUndecided("a") == (results == 5))
                try await driver.advance("a")
                #expect(try await fixture.comparisons().count == (results == 5 ? 13 : 8))
            }
        }
    }

    @Test("Failures in a row are looked at without waiting for more results")
    func failing() async throws {
        try await withService(ScriptedProvider { _, _ in .failure(.unreachable) }) { fixture in
            try await fixture.start(400) { $0.maxInFlight = 2 }
            let driver = fixture.driver()
            for round in 1...4 {
                _ = try await driver.submitter.submitNext()
                _ = try await driver.consumer.consumeNext()
                #expect(try await fixture.store.isUndecided("a") == (2 * round >= DecisionPace.failuresWorthALook))
            }
            #expect(fixture.provider.requests.count < DecisionPace(essays: 400).results)
            try await driver.advance("a")
            #expect(try await fixture.progress().stopReason == .judgeFailed)
        }
    }

    @Test("What was chosen ahead and not handed over is taken back at the end")
    func takenBack() async throws {
        let provider = ScriptedProvider { _, number in number <= 60 ? .verdict : .hold }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(200) { $0.maxInFlight = 4 }
                try await eventually { provider.held == 4 }
                _ = try await fixture.cancel()
                let progress = try await fixture.end()
                #expect(progress.judged == 60)
                try await fixture.check(progress)
            }
            #expect(fixture.provider.requests.count == 64)
        }
    }
}
