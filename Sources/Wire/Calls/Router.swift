/// Finds the service of a request and turns whatever its handler does into an answer.
public struct Router: Sendable {
    private let services: [String: any RPCService]
    private let report: @Sendable (any Error, ServerContext) -> Void

    /// - Parameters:
    ///   - services: each with a name of its own.
    ///   - report: told of what callers are told nothing about: errors that no handler chose, unless its call was cancelled, and
    ///     `INTERNAL`.
    public init(_ services: [any RPCService], report: @escaping @Sendable (any Error, ServerContext) -> Void) {
        self.services = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) })
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
            return .success(try await service.handle(method: method.method, payload: payload, context: context))
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
            try await service.serve(
                method: context.method.method, requests: requests, responses: responses, context: context)
            return nil
        } catch {
            return failure(of: error, context)
        }
    }

    private func failure(of error: any Error, _ context: ServerContext) -> RPCError {
        if let error = error as? RPCError {
            if error.code == .internal { report(error, context) }
            return error
        }
        // What a handler meets when it is told to stop comes in many words; none of them is a fault.
        guard !(error is CancellationError), !Task.isCancelled else {
            return RPCError(.cancelled, "the call was cancelled")
        }
        report(error, context)
        return RPCError(.internal, "the server failed; its log says why")
    }
}
