import Postgres
public import Wire

/// Tells callers of services whose handlers use a database that it is away: `UNAVAILABLE`, so that they may try again.
///
/// Other errors of the database stay what they are to the server, which tells callers no more than `INTERNAL`.
public struct DatabaseAvailability: ServerInterceptor {
    public init() {}

    public func intercept<Answer: Sendable>(
        _ call: ServerCall, next: (ServerCall) async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await next(call)
        } catch let error as PostgresError where error.mayPass {
            throw RPCError(.unavailable, "the service's database can't be used now; try again", cause: error)
        }
    }
}
