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

    public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        do {
            return try await service.handle(method: method, payload: payload, context: context)
        } catch let error as PostgresError where error.mayPass {
            throw RPCError(.unavailable, "the service's database can't be used now; try again")
        }
    }
}
