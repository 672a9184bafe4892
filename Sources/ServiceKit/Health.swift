public import Contracts
import Synchronization
public import Wire

/// Tells callers whether a server and each of its services can take calls.
public final class Health: WireV1.HealthService {
    /// Why a service cannot take calls right now; nil when it can.
    public typealias Check = @Sendable () async -> String?

    private let checks: [String: Check]
    private let interval: Duration
    private let isDraining = Mutex(false)

    /// Watched services are looked at so many times before somebody who watches is told that nothing has changed.
    private static let looksBetweenMessages = 10

    /// - Parameters:
    ///   - checks: by full protobuf name of the service.
    ///   - interval: how often services that are watched are looked at.
    public init(checks: [String: Check], interval: Duration = .seconds(1)) {
        self.checks = checks
        self.interval = interval
    }

    /// From now on nothing is served any more.
    public func beginDraining() {
        isDraining.withLock { $0 = true }
    }

    public func check(
        _ request: WireV1.HealthCheckRequest, context: ServerContext
    ) async throws -> WireV1.HealthCheckResponse {
        try await status(of: request.service)
    }

    public func watch(
        _ request: WireV1.HealthCheckRequest, to responses: MessageSender<WireV1.HealthCheckResponse>, context: ServerContext
    ) async throws {
        var told: WireV1.HealthCheckResponse?
        var looks = 0
        while true {
            // In this order: a shutdown that begins in between is told of before the end.
            let ends = context.drain.hasBegun
            let status = try await status(of: request.service, isDraining: ends)
            if status != told || looks == Self.looksBetweenMessages {
                try await responses.send(status)
                (told, looks) = (status, 0)
            }
            guard !ends else { return }
            looks += 1
            try await Task.sleep(for: interval)
        }
    }

    private func status(of service: String, isDraining: Bool = false) async throws -> WireV1.HealthCheckResponse {
        if isDraining || self.isDraining.withLock({ $0 }) {
            return WireV1.HealthCheckResponse(status: .notServing, reason: "shutting down")
        }
        guard service.isEmpty || checks[service] != nil else {
            throw RPCError(.notFound, "service: this server does not serve \(service.echoed)")
        }
        for (name, check) in checks.sorted(by: { $0.key < $1.key }) where service.isEmpty || service == name {
            if let reason = await check() {
                return WireV1.HealthCheckResponse(status: .notServing, reason: "\(name): \(reason)")
            }
        }
        return WireV1.HealthCheckResponse(status: .serving)
    }
}
