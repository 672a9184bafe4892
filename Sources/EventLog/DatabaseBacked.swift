import Postgres
public import Wire

/// A service whose handlers use a database: while that is away its callers are told `UNAVAILABLE`, so that they may try again.
///
/// Other errors of the database stay what they are to the server, which tells callers no more than `INTERNAL`.
public struct DatabaseBacked<Service: RPCService>: RPCService {
    private let service: Service

    public init(_ service: Service) {
        self.service = service
    }

    public var name: String { service.name }
    public var methods: [String] { service.methods }
    public var streams: [String: StreamKind] { service.streams }

    public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        try await reaching { try await service.handle(method: method, payload: payload, context: context) }
    }

    public func serve(
        method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
    ) async throws {
        try await reaching {
            try await service.serve(method: method, requests: requests, responses: responses, context: context)
        }
    }

    private func reaching<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as PostgresError where error.mayPass {
            throw RPCError(.unavailable, "the service's database can't be used now; try again")
        }
    }
}
