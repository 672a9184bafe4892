import Logging
import Wire
import WireNIO
import WireTLS

/// Answers `Echo` with what it is sent, and `Who` with who calls.
struct WhoService: RPCService {
    let name = "test.Who"
    let methods = ["Echo", "Who"]

    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        method == "Echo" ? payload : Array("\(context.identity)".utf8)
    }

    static let echo = MethodDescriptor(service: "test.Who", method: "Echo")
    static let who = MethodDescriptor(service: "test.Who", method: "Who")
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A server while a body runs.
func withServer<Result: Sendable>(
    security: (any ConnectionSecurity)? = nil, access: (any AccessControl)? = nil,
    configuration: ServerConfiguration = ServerConfiguration(), _ body: (BoundAddress) async throws -> Result
) async throws -> Result {
    let server = WireServer(
        services: [WhoService()], configuration: configuration, security: security, access: access, logger: silent)
    let address = try await server.start()
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.serve() }
        defer { group.cancelAll() }
        return try await body(address)
    }
}

/// A client while a body runs.
func withClient<Result: Sendable>(
    _ address: BoundAddress, host: String = "localhost", security: (any ConnectionSecurity)? = nil,
    token: (@Sendable () -> String)? = nil, _ body: (WireClient) async throws -> Result
) async throws -> Result {
    let client = WireClient(
        host: host, port: address.port, configuration: ClientConfiguration(), security: security, token: token, logger: silent)
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}

extension WireClient {
    /// Who the server takes the caller for.
    func who(within time: Duration = .seconds(60)) async throws -> String {
        let answer = try await call(WhoService.who, payload: [], options: .timeout(time))
        return String(decoding: answer, as: UTF8.self)
    }
}

/// The error that a call ends with.
func failure(_ body: () async throws -> some Any) async -> RPCError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? RPCError
    }
}

/// Lets every peer call everything, and knows the tokens that are given.
struct OpenAccess: AccessControl {
    var owners: [String: String] = [:]

    func owner(ofToken token: String) -> String? { owners[token] }
    func allows(_ method: MethodDescriptor, to peer: PeerIdentity) -> Bool { true }
}
