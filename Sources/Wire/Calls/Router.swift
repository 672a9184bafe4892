/// Finds the service of a request and turns whatever its handler does into an answer.
public struct Router: Sendable {
    private let services: [String: any RPCService]
    private let interceptors: [any ServerInterceptor]
    private let report: @Sendable (any Error, ServerContext) -> Void

    /// - Parameters:
    ///   - services: each with a name of its own.
    ///   - interceptors: which calls pass in this order before their handlers.
    ///   - report: told of what callers are told nothing about: errors that no handler chose, unless its call was cancelled, and
    ///     `INTERNAL`.
    public init(
        _ services: [any RPCService], interceptors: [any ServerInterceptor] = [],
        report: @escaping @Sendable (any Error, ServerContext) -> Void
    ) {
        self.services = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) })
        self.interceptors = interceptors
        self.report = report
    }

    /// Which side of a method streams; nil for unary methods and for those that are not there.
    public func streamKind(of method: MethodDescriptor) -> StreamKind? {
        services[method.service]?.streams[method.method]
    }

    /// Whether there is such a method.
    public func serves(_ method: MethodDescriptor) -> Bool {
        guard let service = services[method.service] else { return false }
        return service.streams[method.method] != nil || service.methods.contains(method.method)
    }

    /// Has a request's payload answered by the handler of its method.
    public func answer(_ payload: [UInt8], context: ServerContext) async -> ResponseEnvelope {
        let method = context.method
        guard let service = services[method.service] else {
            return .failure(RPCError(.unimplemented, "no service \(method.service.echoed) here", isRefused: true))
        }
        guard service.methods.contains(method.method) else {
            return .failure(RPCError(.unimplemented, "\(method.service) has no method \(method.method.echoed)", isRefused: true))
        }
        do {
            return .success(try await handle(payload, by: service, context))
        } catch {
            return .failure(failure(of: error, context))
        }
    }

    /// Has a stream served by the handler of its method, which ``streamKind(of:)`` has found.
    ///
    /// - Returns: why it failed; nil when it went well.
    public func serve(requests: InboundMessages, responses: OutboundMessages, context: ServerContext) async -> RPCError? {
        guard let service = services[context.method.service] else { return RPCError(.unimplemented, "no such service here") }
        do {
            try await serve(requests, responses, by: service, context)
            return nil
        } catch {
            return failure(of: error, context)
        }
    }

    private func handle(_ payload: [UInt8], by service: any RPCService, _ context: ServerContext) async throws -> [UInt8] {
        guard !interceptors.isEmpty else {
            return try await service.handle(method: context.method.method, payload: payload, context: context)
        }
        return try await interceptors.pass(ServerCall(context, nil)) { call in
            call.observers.tell(.request, payload)
            let answer = try await service.handle(method: call.method.method, payload: payload, context: call.context)
            call.observers.tell(.response, answer)
            return answer
        }
    }

    private func serve(
        _ requests: InboundMessages, _ responses: OutboundMessages, by service: any RPCService, _ context: ServerContext
    ) async throws {
        guard !interceptors.isEmpty else {
            return try await service.serve(
                method: context.method.method, requests: requests, responses: responses, context: context)
        }
        try await interceptors.pass(ServerCall(context, streamKind(of: context.method))) { call in
            let observers = call.observers
            try await service.serve(
                method: call.method.method,
                requests: observers.isEmpty ? requests : requests.observed(message: { observers.tell(.request, $0) }),
                responses: observers.isEmpty ? responses : responses.observed { observers.tell(.response, $0) },
                context: call.context)
        }
    }

    private func failure(of error: any Error, _ context: ServerContext) -> RPCError {
        let failure = RPCError(ofHandler: error)
        if failure.code == .internal { report(error, context) }
        return failure
    }
}
