public import Contracts
import Synchronization
public import Wire

/// Tells callers whether a server and each of its services can take calls.
public final class Health: WireV1.HealthService {
    /// Why a service cannot take calls right now; nil when it can.
    public typealias Check = @Sendable () async -> String?

    private let checks: [String: Check]
    private let isDraining = Mutex(false)

    /// - Parameter checks: by full protobuf name of the service.
    public init(checks: [String: Check]) {
        self.checks = checks
    }

    /// From now on nothing is served any more.
    public func beginDraining() {
        isDraining.withLock { $0 = true }
    }

    public func check(
        _ request: WireV1.HealthCheckRequest, context: ServerContext
    ) async throws -> WireV1.HealthCheckResponse {
        if isDraining.withLock({ $0 }) {
            return WireV1.HealthCheckResponse(status: .notServing, reason: "shutting down")
        }
        guard request.service.isEmpty || checks[request.service] != nil else {
            throw RPCError(.notFound, "service: this server does not serve \(request.service.echoed)")
        }
        for (name, check) in checks.sorted(by: { $0.key < $1.key }) where request.service.isEmpty || request.service == name {
            if let reason = await check() {
                return WireV1.HealthCheckResponse(status: .notServing, reason: "\(name): \(reason)")
            }
        }
        return WireV1.HealthCheckResponse(status: .serving)
    }
}
