import ArgumentParser
import Contracts
import Logging
import Wire
import WireDump
import WireNIO

/// A server that is asked something.
struct Server: Sendable {
    let client: WireClient

    /// Asks a server, and lets it go afterwards.
    static func with<Result>(
        _ address: Address, _ trust: TrustOptions, _ body: (Server) async throws -> Result
    ) async throws -> Result {
        let server = Server(client: try client(address, trust))
        do {
            let result = try await body(server)
            await server.client.close()
            return result
        } catch {
            await server.client.close()
            throw error
        }
    }

    /// A connection to a server, which is made when something is asked.
    static func client(_ address: Address, _ trust: TrustOptions) throws -> WireClient {
        try trust.check(address)
        let silent = Logger(label: "wiredump") { _ in SwiftLogNoOpLogHandler() }
        return WireClient(
            host: address.host, port: address.port, configuration: ClientConfiguration(),
            security: try trust.tls.security(silent), token: try trust.bearerToken(), logger: silent)
    }

    /// Full names of its services.
    func services() async throws -> [String] {
        try await asking { try await WireV1.ReflectionClient(client).listServices(WireV1.ListServicesRequest()).services }
    }

    /// What its messages look like.
    func schema() async throws -> MessageSchema {
        try await asking {
            let contracts = try await WireV1.ReflectionClient(client).getContracts(WireV1.GetContractsRequest())
            return try MessageSchema(descriptorSet: contracts.descriptorSet)
        }
    }

    private func asking<Result>(_ question: () async throws -> Result) async throws -> Result {
        do {
            return try await question()
        } catch let error as RPCError where error.code == .unimplemented {
            Output.complain("the server does not tell its contracts: give them with --descriptor-set")
            throw ExitCode.failure
        } catch let error as RPCError {
            throw Self.failure(error)
        } catch let error as MessageSchema.SchemaError {
            Output.complain("the server's contracts cannot be read: \(error)")
            throw ExitCode.failure
        }
    }

    /// Tells how a call ended that did not go well.
    static func failure(_ error: RPCError) -> ExitCode {
        Output.complain("\(error.code.name) \(JSONText.quoted(error.message))")
        return ExitCode(2)
    }
}
