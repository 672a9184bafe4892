public import Logging
public import Wire

/// Logs every call at its end, at the level debug: its method, how it ended, how long it took, its trace, and its peer on a server. No message
/// of it, and no metadata, is logged.
public struct CallLog: ServerInterceptor, ClientInterceptor {
    private let logger: Logger

    public init(_ logger: Logger) {
        self.logger = logger
    }

    public func intercept<Answer: Sendable>(
        _ call: ServerCall, next: (ServerCall) async throws -> Answer
    ) async throws -> Answer {
        guard logger.logLevel <= .debug else { return try await next(call) }
        let begun = ContinuousClock.now
        do {
            let answer = try await next(call)
            log("call answered", call.method, nil, begun, call.context.metadata, peer: call.context.peer)
            return answer
        } catch {
            log("call answered", call.method, RPCError(ofHandler: error), begun, call.context.metadata, peer: call.context.peer)
            throw error
        }
    }

    public func intercept<Answer: Sendable>(
        _ call: ClientCall, next: (ClientCall) async throws -> Answer
    ) async throws -> Answer {
        guard logger.logLevel <= .debug else { return try await next(call) }
        let begun = ContinuousClock.now
        let (method, metadata) = (call.method, call.options.metadata)
        call.onEnd { error in log("call made", method, error, begun, metadata) }
        return try await next(call)
    }

    private func log(
        _ event: Logger.Message, _ method: MethodDescriptor, _ error: RPCError?, _ begun: ContinuousClock.Instant,
        _ metadata: Metadata, peer: String? = nil
    ) {
        var entry: Logger.Metadata = [
            "method": "\(method)", "code": "\(error?.code.name ?? StatusCode.ok.name)",
            "milliseconds": "\(begun.duration(to: .now) / .milliseconds(1))",
        ]
        if let error { entry["reason"] = "\(error.message)" }
        if let peer { entry["peer"] = "\(peer)" }
        if let trace = metadata[TraceContext.key].flatMap(TraceContext.init) { entry["trace"] = "\(trace.traceID)" }
        logger.debug(event, metadata: entry)
    }
}
