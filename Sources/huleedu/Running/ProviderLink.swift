import Contracts
import Logging
import Wire
import WireNIO

/// How cj-assessment reaches llm-provider: over one connection where there is one address, otherwise over one to each.
struct ProviderLink {
    private enum Connections {
        case single(WireClient)
        case several(WirePool)
    }

    private let connections: Connections
    let transport: any ClientTransport

    /// How long a replica may take over what only reads before another is asked as well. It answers from an index of its database.
    private static let hedgeDelay = Duration.seconds(1)

    /// - Parameter interceptors: which calls pass in this order.
    init(_ endpoints: Endpoints, trust: ServerTrust, interceptors: [any ClientInterceptor], logger: Logger) {
        if let single = endpoints.single {
            let client = WireClient(
                host: single.host, port: single.port, configuration: .init(), security: trust.security, token: trust.token,
                logger: logger)
            connections = .single(client)
            transport = client.intercepted(by: interceptors)
        } else {
            var configuration = WirePoolConfiguration()
            configuration.hedgeDelays = [
                LLMV1.LLMProviderServer.get: Self.hedgeDelay, LLMV1.LLMProviderServer.describeModel: Self.hedgeDelay,
            ]
            let pool = WirePool(
                endpoints.all.map { ServerName(host: $0.host, port: $0.port) }, configuration: configuration,
                security: trust.security, token: trust.token, logger: logger)
            connections = .several(pool)
            transport = pool.intercepted(by: interceptors)
        }
    }

    /// Keeps the connections while some work goes on, and closes them after it.
    func run(beside work: () async throws -> Void) async throws {
        switch connections {
        case .single: try await work()
        case .several(let pool): try await pool.run(beside: work)
        }
    }

    /// Closes the connection, where its only one was made as it was needed.
    func close() async {
        switch connections {
        case .single(let client): await client.close()
        case .several: break
        }
    }
}
