import Testing

@testable import Wire

@Suite("A trace context")
struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    @Test("is read and written as the standard says")
    func header() throws {
        let context = try #require(TraceContext("00-\(Self.trace)-\(Self.span)-01"))
        #expect(context.traceID == Self.trace)
        #expect(context.spanID == Self.span)
        #expect(context.isSampled)
        #expect(context.traceparent == "00-\(Self.trace)-\(Self.span)-01")
        // Other flags are not passed on: nobody here knows what they mean.
        #expect(TraceContext("00-\(Self.trace)-\(Self.span)-fe")?.traceparent == "00-\(Self.trace)-\(Self.span)-00")
        // A later version is read as far as this one knows it.
        #expect(TraceContext("cc-\(Self.trace)-\(Self.span)-01-what-else")?.traceparent == "00-\(Self.trace)-\(Self.span)-01")
    }

    @Test(
        "that is not as the standard says is none",
        arguments: [
            "", "00", "00-\(trace)-\(span)", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-more", "00-\(trace)-\(span)-1",
            "00-\(trace)-\(span)-0g", "0-\(trace)-\(span)-01", "00-\(trace.uppercased())-\(span)-01",
            "00-\(trace.dropLast())-\(span)-01", "00-\(trace)0-\(span)-01", "00-\(trace)-\(span.dropLast())-01",
            "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01", " 00-\(trace)-\(span)-01",
            "00-\(trace)-\(span)-01\n", "00-\(trace.dropLast())é-\(span)-01",
        ])
    func refused(header: String) {
        #expect(TraceContext(header) == nil)
    }

    @Test("goes on from call to call in one trace; one that is begun is like any other")
    func next() throws {
        var generator = SystemRandomNumberGenerator()
        let first = TraceContext(using: &generator)
        #expect(TraceContext(first.traceparent) == first)
        let second = first.next(using: &generator)
        #expect(second.traceID == first.traceID)
        #expect(second.spanID != first.spanID)
        #expect(second.isSampled == first.isSampled)
        let digest = TraceContext(digest: Array(0..<32))
        #expect(digest.traceparent == "00-000102030405060708090a0b0c0d0e0f-1011121314151617-00")
        struct Zeros: RandomNumberGenerator {
            func next() -> UInt64 { 0 }
        }
        var zeros = Zeros()
        let least = TraceContext(using: &zeros)
        #expect(TraceContext(least.traceparent) == least)
    }
}
