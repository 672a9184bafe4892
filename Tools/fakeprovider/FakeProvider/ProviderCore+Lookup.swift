internal import Synchronization

extension ProviderCore {
    /// Requests that cost nothing: the token counter and the list of models.
    func lookup(_ request: IncomingRequest) -> OutgoingReply {
        let sequence = requestID(0)
        do throws(ProviderError) {
            guard !request.isTooLarge else { throw .tooLarge }
            _ = try workspace(request)
            switch (request.method, request.path) {
            case ("POST", "/v1/messages/count_tokens"):
                try checkVersion(request)
                let counted = try MessagesRequest(request.body, isCounting: true)
                return .json(200, ["input_tokens": JSON(counted.promptTokens)])
            case ("GET", "/v1/models"):
                return .json(200, MessagesDialect.models)
            case ("GET", let path) where path.hasPrefix("/v1/models/"):
                let id = String(path.dropFirst("/v1/models/".count))
                guard let model = ModelCatalogue.model(id) else { throw .notFound("model: \(id)") }
                return .json(200, MessagesDialect.model(model))
            case (_, "/v1/messages"), (_, "/v1/messages/count_tokens"), (_, "/v1/models"), (_, "/v1/chat/completions"):
                throw ProviderError(status: 405, kind: .invalidRequest, message: "Method Not Allowed")
            default:
                throw .notFound("Not found")
            }
        } catch {
            return refusal(error, .messages, requestID: sequence)
        }
    }

    /// What only a fake provider offers: its ledger, its statistics, and forgetting both.
    func control(_ request: IncomingRequest) -> OutgoingReply {
        switch (request.method, request.path) {
        case ("GET", "/_fake/ledger"):
            let ledger = state.withLock { $0.ledger }
            return .json(200, ["entries": .array(ledger.entries.map(\.json)), "forgotten": JSON(ledger.forgotten)])
        case ("GET", "/_fake/statistics"):
            return .json(200, state.withLock { $0.statistics }.json)
        case ("POST", "/_fake/reset"):
            state.withLock { $0.reset() }
            return .json(200, ["reset": true])
        default:
            return refusal(.notFound("Not found"), .messages, requestID: requestID(0))
        }
    }
}
