import Logging
import Wire

/// Finds the service of a request and turns whatever its handler does into an answer.
struct Router: Sendable {
    private let services: [String: any RPCService]
    private let logger: Logger

    init(_ services: [any RPCService], logger: Logger) {
        self.services = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) })
        self.logger = logger
    }

    func answer(_ request: RequestEnvelope, context: ServerContext) async -> ResponseEnvelope {
        guard let service = services[request.method.service] else {
            return .failure(RPCError(.unimplemented, "no service \(request.method.service) here", isRefused: true))
        }
        guard service.methods.contains(request.method.method) else {
            return .failure(
                RPCError(.unimplemented, "\(request.method.service) has no method \(request.method.method)", isRefused: true))
        }
        do {
            return .success(try await service.handle(method: request.method.method, payload: request.payload, context: context))
        } catch let error as RPCError {
            if error.code == .internal { log(error, context) }
            return .failure(error)
        } catch is CancellationError {
            return .failure(RPCError(.cancelled, "the call was cancelled"))
        } catch {
            log(error, context)
            return .failure(RPCError(.internal, "the server failed; its log says why"))
        }
    }

    private func log(_ error: any Error, _ context: ServerContext) {
        logger.error(
            "handler failed", metadata: ["method": "\(context.method)", "peer": "\(context.peer)", "reason": "\(error)"])
    }
}
