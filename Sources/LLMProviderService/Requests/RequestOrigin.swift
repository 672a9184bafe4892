import Contracts
import Wire

/// What a request is part of, as its caller sees it: a trace, and whatever the caller's correlation id stands for.
struct RequestOrigin: Sendable, Hashable {
    /// The name of the metadata, and with `x-` before it of the vendor's header, that carries the caller's id.
    static let correlationKey = "correlation-id"

    let trace: TraceContext
    let correlationID: String

    /// Reads what came with a call. A trace that makes no sense is none, as its standard demands, and one is begun; the correlation id of a
    /// caller without one is the request's own.
    ///
    /// - Throws: `INVALID_ARGUMENT` for a correlation id that could not stand in a log or a header.
    init(_ metadata: Metadata, request: String) throws(RPCError) {
        if let id = metadata[Self.correlationKey] {
            try SubmissionParser.identifier(id, "metadata \(Self.correlationKey)")
        }
        self.init(
            traceparent: metadata[TraceContext.key], correlationID: metadata[Self.correlationKey], request: request)
    }

    /// Reads what a submission brings itself, and for the rest what came with its call.
    ///
    /// - Throws: as ``init(_:request:)``.
    init(_ submission: LLMV1.Submission, in metadata: Metadata, request: String) throws(RPCError) {
        var own = metadata
        for (key, value) in [(TraceContext.key, submission.traceparent), (Self.correlationKey, submission.correlationID)]
        where !value.isEmpty {
            own = own.removing(key)
            own.append(value, for: key)
        }
        try self.init(own, request: request)
    }

    /// - Parameters:
    ///   - traceparent: nil for a request that was taken on before traces were kept.
    ///   - correlationID: likewise.
    init(traceparent: String?, correlationID: String?, request: String) {
        var generator = SystemRandomNumberGenerator()
        trace = traceparent.flatMap(TraceContext.init) ?? TraceContext(using: &generator)
        self.correlationID = correlationID ?? request
    }

    var traceparent: String { trace.traceparent }

    /// What tells the vendor, in a call of its own in the trace.
    func headers() -> [(name: String, value: String)] {
        var generator = SystemRandomNumberGenerator()
        return [(TraceContext.key, trace.next(using: &generator).traceparent), ("x-" + Self.correlationKey, correlationID)]
    }
}
