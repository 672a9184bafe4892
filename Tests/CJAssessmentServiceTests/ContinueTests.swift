import Contracts
import EventLog
import Testing
import Wire

@testable import CJAssessmentService

@Suite("Continuing an assessment")
struct ContinueTests {
    private func proceed(
        _ fixture: ServiceFixture, _ stopping: CJV1.StoppingSettings, maxInFlight: UInt32 = 0
    ) async throws -> CJV1.AssessmentState {
        try await fixture.service.continueAssessment(
            CJV1.ContinueAssessmentRequest(assessmentID: "a", stopping: stopping, maxInFlight: maxInFlight), context: .test
        ).state
    }

    private func limits(_ comparisons: UInt32) -> CJV1.StoppingSettings {
        CJV1.StoppingSettings(targetReliability: 0.99, maxComparisons: comparisons)
    }

    @Test("One that ended at its budget goes on to a larger one, and nothing is asked for twice")
    func largerBudget() async throws {
        try await withService { fixture in
            try await fixture.running {
                try await fixture.start(8) { $0.stopping = limits(10) }
                #expect(try await fixture.end().judged == 10)
                let state = try await proceed(fixture, limits(16))
                #expect(state == .running)
                let progress = try await fixture.end()
                #expect(progress.state == .completed && progress.stopReason == .comparisonBudget)
                #expect(progress.judged == 16 && progress.maxComparisons == 16)
            }
            #expect(fixture.provider.submissions == 16)
            #expect(Set(fixture.provider.requests.map(\.requestID)).count == 16)
            #expect(try await fixture.ends().map(\.comparisons) == [10, 16])
            #expect(try await fixture.ends().map(\.run) == [1, 2])
            #expect(try await fixture.endEvents().map(\.aggregateVersion) == [1, 2, 3, 4])
        }
    }

    @Test("One that a budget of the provider service's ended keeps its ranking, says why, and goes on once there is money")
    func budgetOfProvider() async throws {
        let poor = ScriptedProvider { _, number in number <= 5 ? .verdict : .refusal(.failedPrecondition, isRefused: true) }
        try await withService(poor) { fixture in
            try await fixture.running {
                try await fixture.start(4) {
                    $0.tenant = "school"
                    $0.stopping = limits(12)
                }
                let before = try await fixture.end()
                #expect(before.state == .completed && before.stopReason == .moneyBudget && before.failure == "refused")
                #expect(before.judged == 5 && before.failed == 0 && before.forecastCostNanodollars == nil)
                poor.react { _, _ in .verdict }
                _ = try await proceed(fixture, limits(12))
                let progress = try await fixture.end()
                #expect(progress.state == .completed && progress.judged == 12 && progress.failure.isEmpty)
            }
            #expect(fixture.provider.requests.allSatisfy { $0.tenant == "school" })
        }
    }

    @Test(
        "One of which a budget of the provider service's let nothing be judged has failed, says why, and goes on once there is money"
    )
    func nothingAffordable() async throws {
        let poor = ScriptedProvider { _, _ in .refusal(.failedPrecondition, isRefused: true) }
        try await withService(poor) { fixture in
            try await fixture.running {
                try await fixture.start(4) { $0.stopping = limits(12) }
                let before = try await fixture.end()
                #expect(before.state == .failed && before.stopReason == .moneyBudget && before.failure == "refused")
                #expect(before.judged == 0)
                poor.react { _, _ in .verdict }
                _ = try await proceed(fixture, limits(12))
                let progress = try await fixture.end()
                #expect(progress.state == .completed && progress.judged == 12 && progress.failure.isEmpty)
            }
        }
    }

    @Test(
        "One that the judge's failure ended goes on, with the pairs that had been given up",
        arguments: [
            LLMV1.FailureKind.authentication, .overloaded,
        ])
    func judgeBack(failure: LLMV1.FailureKind) async throws {
        let failing = ScriptedProvider { _, number in number <= 5 ? .verdict : .failure(failure) }
        try await withService(failing) { fixture in
            try await fixture.running {
                try await fixture.start(4) { $0.stopping = limits(12) }
                let before = try await fixture.end()
                #expect(before.state == .failed && before.stopReason == .judgeFailed && !before.failure.isEmpty)
                failing.react { _, _ in .verdict }
                let state = try await proceed(fixture, limits(12))
                // The answer says how it is by then, and four essays are soon judged.
                #expect(state == .running || state == .completed)
                let progress = try await fixture.end()
                #expect(progress.state == .completed && progress.judged == 12, "every pair, both ways")
                #expect(progress.failure.isEmpty && progress.failed == 0)
            }
            #expect(try await fixture.ends().map(\.state) == [.failed, .completed])
        }
    }

    @Test("One that was cancelled goes on")
    func cancelled() async throws {
        let provider = ScriptedProvider { _, number in number <= 3 ? .verdict : .hold }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(8) {
                    $0.stopping = limits(10); $0.maxInFlight = 2
                }
                try await eventually { try await fixture.progress().judged == 3 && provider.held == 2 }
                _ = try await fixture.cancel()
                #expect(try await fixture.end().state == .cancelled)
                provider.react { _, _ in .verdict }
                _ = try await proceed(fixture, limits(10), maxInFlight: 4)
                let progress = try await fixture.end()
                #expect(progress.state == .completed && progress.judged == 10)
            }
            #expect(try await fixture.ends().map(\.state) == [.cancelled, .completed])
        }
    }

    @Test("Repeating it changes nothing, neither while it runs nor once it has ended")
    func repeated() async throws {
        let provider = ScriptedProvider { _, number in number <= 12 ? .verdict : .hold }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(8) { $0.stopping = limits(10) }
                try await fixture.end()
                #expect(try await proceed(fixture, limits(14)) == .running)
                try await eventually {
                    let judged = try await fixture.progress().judged
                    guard judged == 12, provider.held == 2 else { return false }
                    // What was recorded last has been looked at as well, and nothing more comes.
                    return try await !fixture.store.isUndecided("a")
                }
                let running = try await fixture.progress()
                #expect(try await proceed(fixture, limits(14)) == .running)
                #expect(try await fixture.progress().revision == running.revision)
                provider.release()
                let ended = try await fixture.end()
                #expect(try await proceed(fixture, limits(14)) == .completed)
                #expect(try await fixture.progress().revision == ended.revision)
            }
            #expect(try await fixture.ends().count == 2)
        }
    }

    @Test("One that runs takes other limits on the way")
    func running() async throws {
        let provider = ScriptedProvider { _, number in number <= 4 ? .verdict : .hold }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(8) {
                    $0.stopping = limits(30); $0.maxInFlight = 2
                }
                try await eventually { provider.held == 2 }
                #expect(try await proceed(fixture, limits(6)) == .running)
                provider.release()
                let progress = try await fixture.end()
                #expect(progress.stopReason == .comparisonBudget && progress.judged == 6)
            }
        }
    }

    @Test("What is unknown or impossible is refused, and changes nothing")
    func refused() async throws {
        try await withService { fixture in
            let unknown = try await refusal { _ = try await proceed(fixture, limits(10)) }
            #expect(unknown?.code == .notFound)
            try await fixture.running {
                try await fixture.start(3) { $0.judge?.model = "plain" }
                try await fixture.end()
            }
            let before = try await fixture.progress()
            for (stopping, inFlight, code) in [
                (CJV1.StoppingSettings(targetReliability: 1), 0, StatusCode.invalidArgument),
                (limits(100_001), 0, .invalidArgument), (limits(4), 257, .invalidArgument),
                (CJV1.StoppingSettings(maxCostNanodollars: 1), 0, .failedPrecondition),
            ] {
                let error = try await refusal { _ = try await proceed(fixture, stopping, maxInFlight: UInt32(inFlight)) }
                #expect(error?.code == code)
            }
            #expect(try await fixture.progress() == before)
        }
    }
}
