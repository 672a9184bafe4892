import Logging
import PostgresTestSupport
import Testing

@testable import Chaos

@Suite("Requests that meet everything at once", .timeLimit(.minutes(10)))
struct RequestDrillTests {
    @Test("have one end each; only what was held at a kill is called again, and nobody calls who was asked to wait")
    func drill() async throws {
        var options = RequestDrill.Options()
        options.requests = 150
        options.kills = 3
        options.awaySeconds = 5
        options.retryAfterSeconds = 2
        options.callSeconds = 3
        // The database is gone for longer.
        options.leaseSeconds = 2
        let scratch = try Scratch()
        let report = try await RequestDrill.run(options, folder: scratch.path, logger: .silent) { _ in }
        #expect(report.kills == 3 && report.heldAtKills > 0)
        // Which calls meet a fault follows from their prompts, so there are always some of each.
        #expect(report.faults.count == 6, "\(report.faults)")
        // One that was declined and asked again, because the answer was lost with a process, may have a reply.
        #expect((150 - (report.faults["refusal"] ?? 0)...150).contains(report.replies))
    }
}

@Suite("The audit of a drill's calls")
struct CallAuditTests {
    private func call(_ received: Int64, _ status: Int = 200, fault: String? = nil, trace: String = "a") -> CallAudit.Call {
        CallAudit.Call(received: received, status: status, fault: fault, trace: trace)
    }

    private func audit(_ calls: [CallAudit.Call], kills: [CallAudit.Kill] = []) -> CallAudit {
        CallAudit(calls, kills: kills, retryAfter: 70, underWay: 10)
    }

    @Test("excuses a repeated call by a kill at which its request was held, and only between the two")
    func repeated() {
        func kill(_ time: Int64, _ trace: String = "a") -> CallAudit.Kill { .init(from: time, until: time + 5, held: [trace]) }
        let twice = [call(1000), call(2000)]
        #expect(audit(twice, kills: [kill(1500)]).repeated == 1)
        #expect(audit(twice, kills: [kill(1500)]).inexcusable.isEmpty)
        for kills in [[], [kill(990)], [kill(2001)], [kill(1500, "b")]] {
            let audit = audit(twice, kills: kills)
            #expect(audit.repeated == 0 && audit.inexcusable == [twice[1]])
        }
        #expect(audit(twice + [call(3000)], kills: [kill(1500)]).inexcusable == [call(3000)])
    }

    @Test(
        "knows which calls leave a reason to call again",
        arguments: [
            (200, nil, true), (0, nil, true), (200, "refusal", true), (0, "refusal", true), (200, "slow(3.0 seconds)", true),
            (0, "slow(3.0 seconds)", false), (200, "garbageBody", false), (429, "rateLimited(retryAfter: 7)", false),
            (529, "overloaded", false),
        ] as [(Int, String?, Bool)])
    func ends(status: Int, fault: String?, isEnd: Bool) {
        #expect(audit([call(1000, status, fault: fault), call(2000)]).inexcusable.count == (isEnd ? 1 : 0))
    }

    @Test("finds calls within a pause that was asked for, but for those under way, and counts apart who was begun anew in it")
    func early() {
        let refusal = call(1000, 429, fault: "rateLimited(retryAfter: 7)", trace: "refused")
        for (time, isEarly) in [(1000, false), (1009, false), (1010, true), (1069, true), (1070, false)] as [(Int64, Bool)] {
            let late = call(time)
            #expect(audit([refusal, late]).early == (isEarly ? [late] : []))
        }
        let kill = CallAudit.Kill(from: 1020, until: 1030, held: ["refused"])
        #expect(audit([refusal, call(1015), call(1040)], kills: [kill]).early == [call(1015)])
        #expect(audit([refusal, call(1015), call(1040)], kills: [kill]).earlyAfterKills == 1)
        let later = CallAudit.Kill(from: 1020, until: 1030, held: ["another"])
        #expect(audit([refusal, call(1040)], kills: [later]).early == [call(1040)], "its pause was on record at the kill")
        let again = call(1035, 429, fault: "rateLimited(retryAfter: 7)", trace: "again")
        #expect(audit([refusal, again, call(1050)], kills: [kill]).early == [call(1050)])
    }
}
