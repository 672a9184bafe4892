public import Tracing
public import Wire

/// Begins a span for every call, and has the trace go from the caller to the server in the call's metadata.
///
/// A client's span is one of the trace that the call's own metadata names, or else of the trace in which the call is made; the metadata then names
/// the span. A server's span is its caller's child, and the trace in which the handler works.
public struct CallTracing: ServerInterceptor, ClientInterceptor {
    private let tracer: any Tracer

    public init(_ tracer: any Tracer) {
        self.tracer = tracer
    }

    public func intercept<Answer: Sendable>(
        _ call: ServerCall, next: (ServerCall) async throws -> Answer
    ) async throws -> Answer {
        var context = ServiceContext.topLevel
        tracer.extract(call.context.metadata, into: &context, using: MetadataCarrier())
        let span = tracer.startSpan(call.method.description, context: context, ofKind: .server)
        do {
            let answer = try await ServiceContext.withValue(span.context) { try await next(call) }
            Self.end(span, nil)
            return answer
        } catch {
            Self.end(span, RPCError(ofHandler: error))
            throw error
        }
    }

    public func intercept<Answer: Sendable>(
        _ call: ClientCall, next: (ClientCall) async throws -> Answer
    ) async throws -> Answer {
        var context = ServiceContext.current ?? .topLevel
        tracer.extract(call.options.metadata, into: &context, using: MetadataCarrier())
        let span = tracer.startSpan(call.method.description, context: context, ofKind: .client)
        var call = call
        tracer.inject(span.context, into: &call.options.metadata, using: MetadataCarrier())
        call.onEnd { Self.end(span, $0) }
        return try await next(call)
    }

    private static func end(_ span: any Span, _ error: RPCError?) {
        span.attributes["rpc.status"] = error?.code.name ?? StatusCode.ok.name
        if error != nil { span.setStatus(SpanStatus(code: .error)) }
        span.end()
    }
}

/// Carries what a tracer tells other processes in the metadata of a call.
private struct MetadataCarrier: Extractor, Injector {
    func extract(key: String, from metadata: Metadata) -> String? { metadata[key] }

    func inject(_ value: String, forKey key: String, into metadata: inout Metadata) {
        metadata = metadata.removing(key)
        metadata.append(value, for: key)
    }
}
