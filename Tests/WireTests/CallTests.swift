import Testing

@testable import Wire

@Suite("Calls")
struct CallTests {
    @Test("end with one of gRPC's seventeen codes, by their numbers and names")
    func codes() {
        let names = [
            "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
            "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
            "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
        ]
        #expect(StatusCode.allCases.map(\.rawValue) == Array(0...16))
        #expect(StatusCode.allCases.map(\.name) == names)
    }

    @Test("fail with an error that reads as its code and its message")
    func errors() {
        let error = RPCError(.notFound, "no such essay", cause: CancellationError())
        #expect("\(error)" == "NOT_FOUND: no such essay")
        #expect(error.cause is CancellationError && !error.isRefused)
    }

    @Test("have deadlines that are ordered, and nothing left once they have passed")
    func deadlines() {
        let now = ContinuousClock.now
        let past = Deadline(at: now - .seconds(1))
        let future = Deadline(at: now + .seconds(3600))
        #expect(past < future && past.hasPassed && past.remaining == .zero)
        #expect(!future.hasPassed && future.remaining > .zero && future.remaining <= .seconds(3600))
        #expect(Deadline.after(.zero).hasPassed)
    }

    @Test("carry metadata in order, with keys in small letters, repeated ones included")
    func metadata() {
        var metadata = Metadata([("Trace-ID", "one"), ("other", "")])
        metadata.append("two", for: "TRACE-id")
        #expect(metadata.entries.map(\.key) == ["trace-id", "other", "trace-id"])
        #expect(metadata.values(for: "Trace-Id") == ["one", "two"])
        #expect(metadata["TRACE-ID"] == "one" && metadata["other"] == "" && metadata["missing"] == nil)
        #expect(metadata.byteCount == 8 + 3 + 5 + 8 + 3 + 3 * 32)
    }
}
