import Testing
import Wire

@testable import WireDump

@Suite("What came of many calls")
struct LoadFiguresTests {
    @Test("is put together from those who made them")
    func sum() {
        var (one, other) = (LoadFigures(), LoadFigures())
        // Up to 31, durations are told to the nanosecond.
        for nanoseconds in 1...20 { one.succeeded(after: UInt64(nanoseconds), answers: 1, bytes: 10) }
        other.succeeded(after: 31, answers: 3, bytes: 5)
        other.failed(.unavailable)
        other.failed(.unavailable)
        other.failed(.notFound)
        one.add(other)
        #expect(
            one.lines(elapsed: 2_000_000_000) == [
                "24 calls in 2.000 s, 12.0 a second", "23 answers of 205 bytes",
                "p50 11 ns  p90 19 ns  p99 31 ns  p99.9 31 ns  longest 31 ns", "2 ended with UNAVAILABLE",
                "1 ended with NOT_FOUND",
            ])
        #expect(
            one.json(elapsed: 2_000_000_000) == """
                {"calls":24,"elapsed_ns":2000000000,"calls_per_second":12.0,"answers":23,"answer_bytes":205,\
                "latency_ns":{"p50":11,"p90":19,"p99":31,"p99.9":31,"longest":31},"failures":{"UNAVAILABLE":2,"NOT_FOUND":1}}
                """)
    }

    @Test("is nothing where there were none")
    func none() {
        #expect(LoadFigures().lines(elapsed: 0)[0] == "0 calls in 0 ns, 0.0 a second")
    }
}
