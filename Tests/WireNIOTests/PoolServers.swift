import Testing
import Watching
import Wire

@testable import WireNIO

/// One of several servers of a test, which can be killed and drained.
struct PoolServer {
    let address: BoundAddress
    let load: ServerLoad
    private let server: WireServer
    private let serving: Task<Void, any Error>

    var name: ServerName { ServerName(host: address.host, port: address.port) }

    static func start(
        _ services: [any RPCService], interceptors: [any ServerInterceptor] = [],
        configuration: ServerConfiguration = ServerConfiguration()
    ) async throws -> PoolServer {
        let load = ServerLoad(configuration)
        let server = WireServer(
            services: services, interceptors: interceptors, configuration: configuration, load: load, logger: silent)
        let address = try await server.start()
        return PoolServer(address: address, load: load, server: server, serving: Task { try await server.serve() })
    }

    /// Closes its socket and its connections at once, as the end of its process would.
    func kill() async {
        serving.cancel()
        _ = await serving.result
    }

    func beginDraining() {
        server.beginGracefulShutdown()
    }

    func drained() async throws {
        try await serving.value
    }
}

/// The health service of a server, which says what it is told to.
struct TestHealth: RPCService {
    let name = "huleedu.wire.v1.Health"
    let methods: [String] = []
    let streams: [String: StreamKind] = ["Watch": .serverStreaming]
    let isServing = Watched(true)

    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        throw RPCError(.unimplemented, "no \(method)")
    }

    func serve(
        method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
    ) async throws {
        var told: Bool?
        context.drain.onBegin { isServing.change { $0 = false } }
        while !Task.isCancelled {
            let current = isServing.withValue { $0 }
            if current != told { try await responses.send([8, current ? 1 : 2]) }
            told = current
            guard !context.drain.hasBegun else { return }
            await withTaskCancellationHandler {
                await isServing.wait { $0 != current || Task.isCancelled }
            } onCancel: {
                isServing.change { _ in }
            }
        }
    }
}

/// The requests that a server's handlers have seen, in order.
final class Seen: Sendable {
    private let requests = Watched<[[UInt8]]>([])

    func add(_ request: [UInt8]) {
        requests.change { $0.append(request) }
    }

    /// Returns once there are so many.
    func reached(_ count: Int) async {
        await requests.wait { $0.count >= count }
    }

    var count: Int { all.count }
    var all: [[UInt8]] { requests.withValue { $0 } }
}

extension TestService {
    /// Methods that may be called again, and one that may not.
    static let safe = MethodDescriptor(service: "test.Service", method: "Work", isIdempotent: true)
    static let unsafe = MethodDescriptor(service: "test.Service", method: "Work")

    /// `Work` notes its request and answers with it, once `body` has returned.
    static func working(
        _ seen: Seen, _ body: @escaping @Sendable ([UInt8]) async throws -> Void = { _ in }
    ) -> TestService {
        TestService(handlers: [
            "Work": { payload, _ in
                seen.add(payload)
                try await body(payload)
                return payload
            }
        ])
    }
}

extension WirePoolConfiguration {
    /// With pauses that a test can wait for.
    static var quick: WirePoolConfiguration {
        var configuration = WirePoolConfiguration()
        configuration.choice = .roundRobin
        configuration.client.shortestReconnectPause = .milliseconds(1)
        configuration.client.longestReconnectPause = .milliseconds(5)
        configuration.shortestPause = .milliseconds(1)
        configuration.longestPause = .milliseconds(5)
        configuration.lookupInterval = .milliseconds(5)
        configuration.shortestLookupInterval = .milliseconds(1)
        return configuration
    }
}

extension WirePool {
    /// Returns once a condition holds of the addresses.
    func members(are condition: ([Roster.Member]) -> Bool) async throws {
        while true {
            let seen = readiness.version
            if condition(members) { return }
            try await readiness.wait(since: seen, until: .now + .seconds(100))
        }
    }
}

/// A pool for servers, all of which are ready, while `body` runs.
func withPool<Result: Sendable>(
    _ servers: [PoolServer], configuration: WirePoolConfiguration = .quick, _ body: (WirePool) async throws -> Result
) async throws -> Result {
    let pool = WirePool(servers.map(\.name), configuration: configuration, logger: silent)
    return try await pool.run(beside: {
        try await pool.members { $0.count == servers.count && $0.allSatisfy(\.isOpen) }
        return try await body(pool)
    })
}
