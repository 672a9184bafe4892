/// Finds the service of a request and turns whatever its handler does into an answer.
public struct Router: Sendable {
    /// Where calls of one method go.
    public struct Route: Sendable {
        /// Which side of it streams; nil for a unary method.
        public let kind: StreamKind?
        fileprivate let service: any RPCService
    }

    private let routes: [MethodDescriptor: Route]
    /// Whose methods they are.
    private let services: Set<String>
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
        self.services = Set(services.map(\.name))
        precondition(self.services.count == services.count, "services have names of their own")
        var routes: [MethodDescriptor: Route] = [:]
        for service in services {
            for method in service.methods {
                routes[MethodDescriptor(service: service.name, method: method)] = Route(kind: nil, service: service)
            }
            for (method, kind) in service.streams {
                routes[MethodDescriptor(service: service.name, method: method)] = Route(kind: kind, service: service)
            }
        }
        self.routes = routes
        self.interceptors = interceptors
        self.report = report
    }

    /// Where calls of a method go; nil where there is no such method.
    public func route(of method: MethodDescriptor) -> Route? { routes[method] }

    /// Why a call of a method fails that is not there.
    private func unimplemented(_ method: MethodDescriptor) -> RPCError {
        services.contains(method.service)
            ? RPCError(.unimplemented, "\(method.service) has no method \(method.method.echoed)", isRefused: true)
            : RPCError(.unimplemented, "no service \(method.service.echoed) here", isRefused: true)
    }

    /// Has a request's payload answered by the handler of its method.
    ///
    /// - Parameter route: of a unary method; nil where there is none.
    public func answer(_ payload: [UInt8], by route: Route?, context: ServerContext) async -> ResponseEnvelope {
        guard let route, route.kind == nil else { return .failure(unimplemented(context.method)) }
        do {
            return .success(try await handle(payload, by: route.service, context))
        } catch {
            return .failure(failure(of: error, context))
        }
    }

    /// Has a stream served by the handler of its method.
    ///
    /// - Parameter route: of a method that streams; nil where there is none.
    /// - Returns: why it failed; nil when it went well.
    public func serve(
        requests: InboundMessages, responses: OutboundMessages, by route: Route?, context: ServerContext
    ) async -> RPCError? {
        guard let route, route.kind != nil else { return unimplemented(context.method) }
        do {
            try await serve(requests, responses, by: route, context)
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
        _ requests: InboundMessages, _ responses: OutboundMessages, by route: Route, _ context: ServerContext
    ) async throws {
        let service = route.service
        guard !interceptors.isEmpty else {
            return try await service.serve(
                method: context.method.method, requests: requests, responses: responses, context: context)
        }
        try await interceptors.pass(ServerCall(context, route.kind)) { call in
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
