import Testing
import Wire

@testable import WireDump

@Suite("Filters")
struct FilterTests {
    private static func call(_ code: StatusCode? = .ok, nanoseconds: UInt64 = 1000, bytes: Int = 10, method: String? = "Get")
        -> Call
    {
        let id = Call.ID(connection: 2, stream: StreamID(rawValue: 5))
        var call = Call(
            id: id, peers: .init(connection: 2, client: Packets.client, server: Packets.server), begin: 50, end: 50 + nanoseconds)
        call.method = method.map { MethodDescriptor(service: "a.v1.Service", method: $0) }
        _ = call.note([UInt8](repeating: 1, count: bytes / 2), from: .client, at: 50, .nothing)
        _ = call.note([UInt8](repeating: 1, count: bytes - bytes / 2), from: .server, at: 50, .nothing)
        if let code { call.outcome = .answered(code, message: "") }
        return call
    }

    private static func accepts(_ call: Call, _ set: (inout CallFilter) -> Void) -> Bool {
        var filter = CallFilter()
        set(&filter)
        return filter.accepts(call)
    }

    @Test(
        "choose methods by patterns",
        arguments: [
            ("a.v1.Service/Get", true), ("*", true), ("*/Get", true), ("a.*/G*t", true), ("*Service*Get*", true), ("**Get", true),
            ("a.v1.Service/Ge", false), ("Get", false), ("*/Got", false), ("", false), ("*x*", false),
            ("a.v1.Service/Get*x", false),
        ])
    func methods(pattern: String, isFit: Bool) {
        #expect(Self.accepts(Self.call()) { $0.methods = [pattern] } == isFit)
        #expect(Self.accepts(Self.call()) { $0.methods = ["nothing", pattern] } == isFit)
    }

    @Test("choose how calls ended")
    func outcomes() {
        #expect(Self.accepts(Self.call(.notFound)) { $0.codes = [.notFound, .aborted] })
        #expect(!Self.accepts(Self.call(.ok)) { $0.codes = [.notFound] })
        #expect(!Self.accepts(Self.call(nil)) { $0.codes = [.ok] })
        #expect(!Self.accepts(Self.call(.ok)) { $0.onlyFaults = true })
        #expect(
            Self.accepts(Self.call(.internal)) { $0.onlyFaults = true } && Self.accepts(Self.call(nil)) { $0.onlyFaults = true })
    }

    @Test("choose from their border on")
    func borders() {
        #expect(Self.accepts(Self.call(nanoseconds: 1000)) { $0.longerThanNanoseconds = 1000 })
        #expect(!Self.accepts(Self.call(nanoseconds: 999)) { $0.longerThanNanoseconds = 1000 })
        #expect(Self.accepts(Self.call(bytes: 10)) { $0.largerThanBytes = 10 })
        #expect(!Self.accepts(Self.call(bytes: 9)) { $0.largerThanBytes = 10 })
    }

    @Test(
        "choose peers by address, port or both",
        arguments: [
            ("10.0.0.1", true), ("10.0.0.2", true), (":7100", true), ("10.0.0.1:40000", true), ("10.0.0.1:7100", false),
            ("10.0.0.3", false), (":7101", false), ("[10.0.0.2]:7100", true),
        ])
    func peers(text: String, isFit: Bool) throws {
        let peer = try #require(CallFilter.Peer(text))
        #expect(Self.accepts(Self.call()) { $0.peers = [peer] } == isFit)
    }

    @Test("refuse what is no peer and no call", arguments: ["", ":", "10.0.0.1:", "10.0.0.1:0", ":65536", "a:b"])
    func refused(text: String) {
        #expect(CallFilter.Peer(text) == nil)
        #expect(Call.ID(text) == nil)
    }

    @Test("choose one call by the number that is shown of it")
    func follow() throws {
        let id = try #require(Call.ID("#2/5"))
        #expect(id.text == "2/5" && Call.ID("2/5") == id)
        #expect(Self.accepts(Self.call()) { $0.call = id } && !Self.accepts(Self.call()) { $0.call = Call.ID("2/7") })
        for text in ["2", "2/", "/5", "0/1", "2/5/1", "2/x"] { #expect(Call.ID(text) == nil) }
    }

    @Test("of latencies are within three per cent")
    func quantiles() {
        var histogram = LatencyHistogram()
        for value in 1...10_000 as ClosedRange<UInt64> { histogram.add(value * 1000) }
        for (percent, expected) in [(50, 5_000_000.0), (90, 9_000_000), (99, 9_900_000)] {
            #expect(abs(Double(histogram.quantile(percent)) / expected - 1) < 0.035)
        }
        #expect(histogram.quantile(100) == 10_000_000 && LatencyHistogram().quantile(50) == 0)
        // The time between two packets of a forged capture.
        histogram.add(.max)
        #expect(histogram.quantile(100) == .max)
    }
}
