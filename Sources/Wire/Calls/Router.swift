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
        } catch let error as RPCError {
            if error.code == .internal { report(error, context) }
            return .failure(error)
        } catch {
            // What a handler meets when it is told to stop comes in many words; none of them is a fault.
            guard !(error is CancellationError), !Task.isCancelled else {
                return .failure(RPCError(.cancelled, "the call was cancelled"))
            }
            report(error, context)
            return .failure(RPCError(.internal, "the server failed; its log says why"))
        }
    }
}
