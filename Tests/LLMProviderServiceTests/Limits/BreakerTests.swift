import CurlClient
import Testing

@testable import LLMProviderService

@Suite("Breakers")
struct BreakerTests {
    private let second: Int64 = 1_000_000_000
    private var minute: Int64 { 60 * second }

    /// Notes failures of as many requests, one each.
    private func fail(_ breaker: inout Breaker, _ count: Int, from first: Int = 0, at now: Int64 = 0) -> [Bool] {
        (first..<first + count).map { breaker.note(.fails, of: "r\($0)", sentAt: now, at: now) }
    }

    @Test("Five failures of two requests open one, fewer or those of one request do not")
    func opens() {
        var breaker = Breaker()
        #expect(fail(&breaker, 4) == [false, false, false, false])
        #expect(breaker.state == .closed && breaker.openUntil == nil)
        #expect(breaker.note(.fails, of: "r4", sentAt: 0, at: 1) == true)
        #expect(breaker.state == .open && breaker.reason == .unavailable)
        #expect(breaker.openUntil == 1 + 5 * second)

        var alone = Breaker()
        for _ in 0..<100 { #expect(alone.note(.fails, of: "r", sentAt: 0, at: 0) == false) }
        #expect(alone.note(.fails, of: "another", sentAt: 0, at: 0) == true)
    }

    @Test("Where it asks for proof, one opens only once its vendor has answered")
    func proof() {
        var settings = Breaker.Settings()
        settings.needsProof = true
        var breaker = Breaker(settings)
        #expect(fail(&breaker, 20).allSatisfy { !$0 })
        #expect(breaker.state == .closed)
        #expect(breaker.note(.works, of: "good", sentAt: 0, at: 0) == false)
        #expect(fail(&breaker, 20).contains(true))
        #expect(breaker.state == .open)
    }

    @Test("Failures count while they are half of the last twenty calls, and for five minutes")
    func ratio() {
        var half = Breaker()
        for _ in 0..<5 { _ = half.note(.works, of: "good", sentAt: 0, at: 0) }
        #expect(fail(&half, 5) == [false, false, false, false, true])

        var fewer = Breaker()
        for _ in 0..<6 { _ = fewer.note(.works, of: "good", sentAt: 0, at: 0) }
        #expect(fail(&fewer, 6) == [false, false, false, false, false, true], "the sixth makes it half")

        var long = Breaker()
        for _ in 0..<1000 { _ = long.note(.works, of: "good", sentAt: 0, at: 0) }
        #expect(fail(&long, 9).allSatisfy { !$0 })
        #expect(fail(&long, 1, from: 9) == [true], "ten of twenty")

        var old = Breaker()
        #expect(fail(&old, 4) == [false, false, false, false])
        #expect(fail(&old, 1, from: 4, at: 5 * minute + 1) == [false])
        var young = Breaker()
        #expect(fail(&young, 4) == [false, false, false, false])
        #expect(fail(&young, 1, from: 4, at: 5 * minute) == [true])
    }

    @Test("The pause doubles with each probe that fails, up to a minute, and begins anew once one is answered")
    func pauses() {
        var breaker = Breaker()
        _ = fail(&breaker, 5)
        var now: Int64 = 0
        for pause in [5, 10, 20, 40, 60, 60] {
            #expect(breaker.openUntil == now + Int64(pause) * second)
            now += Int64(pause) * second
            breaker.sent()
            #expect(breaker.state == .halfOpen)
            #expect(breaker.note(.fails, of: "probe", sentAt: now, at: now) == true)
            #expect(breaker.state == .open)
        }
        breaker.sent()
        #expect(breaker.note(.works, of: "probe", sentAt: now, at: now) == false)
        #expect(breaker.state == .closed && breaker.reason == nil)
        #expect(fail(&breaker, 5, at: now) == [false, false, false, false, true])
        #expect(breaker.openUntil == now + 5 * second)
    }

    @Test("What was sent before it opened tells nothing, and is held against the lane unless it was answered")
    func late() {
        var breaker = Breaker()
        _ = fail(&breaker, 5, at: 10)
        let until = breaker.openUntil
        #expect(breaker.note(.fails, of: "late", sentAt: 9, at: 3 * minute) == true)
        #expect(breaker.note(.works, of: "late", sentAt: 9, at: 3 * minute) == false)
        #expect(breaker.note(.refuses(.spent), of: "late", sentAt: 9, at: 3 * minute) == true)
        #expect(breaker.openUntil == until && breaker.state == .open && breaker.reason == .unavailable)
    }

    @Test("A refusal that holds for all opens it at once for a quarter of an hour, at the cost of the request that found out")
    func refusals() {
        for reason in [Breaker.Reason.spent, .barred] {
            var breaker = Breaker()
            #expect(breaker.note(.refuses(reason), of: "first", sentAt: 0, at: 0) == false)
            #expect(breaker.reason == reason && breaker.openUntil == 15 * minute)
            breaker.sent()
            #expect(breaker.note(.refuses(reason), of: "probe", sentAt: 15 * minute, at: 15 * minute) == false)
            #expect(breaker.openUntil == 30 * minute)
            breaker.sent()
            #expect(breaker.note(.works, of: "probe", sentAt: 30 * minute, at: 30 * minute) == false)
            #expect(breaker.state == .closed)
        }
    }

    @Test("Each end of a call tells of the vendor what it can")
    func signs() {
        let signs: [(Lane<Int>.Ending, Breaker.Sign?)] = [
            (.answered, .works), (.failed, .works), (.refused(for: 1), .works), (.unsent, nil), (.unreached, .fails),
            (.cut, .fails), (.overloaded(pause: nil), .fails), (.overloaded(pause: 1), .fails), (.spent, .refuses(.spent)),
            (.barred, .refuses(.barred)), (.abandoned, nil),
        ]
        for (ending, sign) in signs { #expect(ending.sign == sign) }
    }

    @Test("What kept a call from its answer tells of the vendor only where it was the vendor", arguments: CurlError.Code.allCases)
    func signs(code: CurlError.Code) {
        let ending = CurlError(code: code, message: "why", requestMayHaveBeenSent: true).ending
        let sign: Breaker.Sign? =
            switch code {
            case .couldNotResolve, .couldNotConnect, .timeout, .tls, .connectionLost: .fails
            case .responseTooLarge, .protocolViolation: .works
            case .invalidURL, .invalidRequest, .overloaded, .shutDown, .cancelled, .internalFailure: nil
            }
        #expect(ending.sign == sign)
        var breaker = Breaker()
        breaker.open(.unavailable, at: 0, until: 0)
        breaker.sent()
        if let sign = ending.sign { _ = breaker.note(sign, of: "probe", sentAt: 0, at: 0) }
        #expect((breaker.state == .closed) == (sign == .works))
    }
}
