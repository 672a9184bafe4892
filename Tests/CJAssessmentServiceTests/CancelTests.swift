import Contracts
import Postgres
import Testing
import Wire

@testable import CJAssessmentService

@Suite("Cancelling an assessment")
struct CancelTests {
    @Test("At every moment it ends once, with what was judged until then", arguments: [0, 1, 2, 5, 9])
    func anyMoment(answers: Int) async throws {
        let provider = ScriptedProvider { _, number in number <= answers ? .verdict : .hold }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(8) { $0.maxInFlight = 4 }
                try await eventually { try await fixture.progress().judged == answers && provider.held == 4 }
                _ = try await fixture.cancel()
                let progress = try await fixture.end()
                #expect(progress.state == .cancelled)
                #expect(progress.stopReason == .cancelled)
                #expect(progress.judged == answers)
                #expect(progress.inFlight == 0)
                #expect(try await fixture.cancel() == .cancelled)
            }
            #expect(try await fixture.ends().map(\.state) == [.cancelled])
            #expect(try await fixture.get().items.count == 8)
        }
    }

    @Test("Before anything was handed over, it ends at once")
    func atOnce() async throws {
        try await withService { fixture in
            try await fixture.start(8)
            let state = try await fixture.cancel()
            #expect(state == .cancelled)
            #expect(try await fixture.ends().count == 1)
            #expect(try await fixture.comparisons().allSatisfy { $0.state == .cancelled })
            #expect(fixture.provider.submissions == 0)
        }
    }

    @Test("What is being sent is waited for, and counts")
    func beingSent() async throws {
        try await withService(ScriptedProvider { _, _ in .hold }) { fixture in
            try await fixture.start(8) { $0.maxInFlight = 3 }
            let driver = fixture.driver()
            _ = try await driver.submitter.submitNext()
            // The provider service has already begun to send what it holds, so nothing can be withdrawn.
            fixture.provider.release()
            let state = try await fixture.cancel()
            #expect(state == .running)
            try await fixture.running {
                let progress = try await fixture.end()
                #expect(progress.state == .cancelled)
                #expect(progress.judged == 3)
            }
        }
    }

    @Test("Without the provider service it is cancelled all the same, and ends once that is back")
    func providerAway() async throws {
        try await withService(ScriptedProvider { _, _ in .hold }) { fixture in
            try await fixture.running {
                try await fixture.start(8) { $0.maxInFlight = 3 }
                try await eventually { fixture.provider.held == 3 }
                fixture.provider.set(away: true)
                let state = try await fixture.cancel()
                #expect(state == .running)
                #expect(try await fixture.progress().stopReason == .cancelled)
                fixture.provider.set(away: false)
                let progress = try await fixture.end()
                #expect(progress.state == .cancelled)
            }
            #expect(try await fixture.ends().count == 1)
        }
    }

    @Test("What the provider service certainly did not take on is withdrawn, even when it is refused after the cancellation")
    func refusedHandOver() async throws {
        try await withService(ScriptedProvider { _, _ in .refusal(.unavailable, isRefused: true) }) { fixture in
            fixture.provider.set(heldUp: true)
            try await fixture.running {
                try await fixture.start(6) { $0.maxInFlight = 1 }
                try await eventually { fixture.provider.callersHeldUp == 1 }
                let state = try await fixture.cancel()
                #expect(state == .running, "a hand-over is under way")
                fixture.provider.set(heldUp: false)
                #expect(try await fixture.end().state == .cancelled)
            }
            #expect(fixture.provider.requests.isEmpty)
            #expect(try await fixture.ends().count == 1)
        }
    }

    @Test("What it may have taken on is waited for, even when a later try is refused")
    func unclearHandOver() async throws {
        try await withService(
            ScriptedProvider { _, submission in submission == 1 ? .lostAnswer : .refusal(.unavailable, isRefused: true) }
        ) { fixture in
            try await fixture.running {
                try await fixture.start(6) { $0.maxInFlight = 1 }
                try await eventually { fixture.provider.held == 1 }
                fixture.provider.set(away: true)
                // The next tries find nobody, and that says nothing of the first.
                try await eventually {
                    try await fixture.pool.query("SELECT count(*) FROM cj.request WHERE claimed_at = '-infinity'")[0]
                        .decode(Int.self) == 1
                }
                _ = try await fixture.cancel()
                #expect(try await fixture.progress().state == .running)
                fixture.provider.set(away: false)
                fixture.provider.release()
                let progress = try await fixture.end()
                #expect(progress.state == .cancelled)
                #expect(progress.judged + progress.failed + progress.inFlight <= 1)
            }
            let row = try await fixture.pool.query("SELECT results, provider_calls FROM cj.assessment")[0]
            #expect(try row.decode(Int.self, Int.self).0 == 1, "its result is in the books")
        }
    }

    @Test("One that has ended stays as it ended")
    func ended() async throws {
        try await withService { fixture in
            try await fixture.running {
                try await fixture.start(3)
                try await fixture.end()
            }
            let state = try await fixture.cancel()
            #expect(state == .completed)
            #expect(try await fixture.ends().map(\.state) == [.completed])
            #expect(fixture.provider.cancellations == 0)
        }
    }

    @Test("Cancelling and finishing at the same time gives one end")
    func race() async throws {
        try await withService { fixture in
            try await fixture.running([fixture.service, fixture.replica()]) {
                for number in 1...6 {
                    let id = "a\(number)"
                    try await fixture.start(3) { $0.assessmentID = id }
                    try await eventually { try await fixture.progress(id).judged >= number / 2 }
                    _ = try await fixture.cancel(id)
                    try await fixture.end(id)
                }
            }
            #expect(Set(try await fixture.ends().map(\.assessmentID)).count == 6)
            #expect(try await fixture.ends().count == 6)
        }
    }
}
