import Certificates
import ChildProcesses
import Contracts
import Foundation
import Logging
import Testing
import Wire
import WireNIO
import WireTLS

@Suite("TLS at the ends of wiredump's proxy", .timeLimit(.minutes(2)))
struct ProxySecurityTests {
    /// Knows every request, and answers in the caller's name.
    private struct Provider: RPCService {
        let name = "huleedu.llm.v1.LLMProvider"
        let methods = ["Get"]

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            let request = try LLMV1.GetRequest(decoding: payload)
            let reply = LLMV1.Reply(json: Array("\(context.identity)".utf8))
            return try LLMV1.GetResponse(result: LLMV1.Result(requestID: request.requestID, outcome: .reply(reply))).encoded()
        }
    }

    /// Knows whoever shows a certificate, and lets everybody call everything.
    private struct Access: AccessControl {
        func owner(ofToken token: String) -> String? { nil }
        func allows(_ method: MethodDescriptor, to peer: PeerIdentity) -> Bool { true }
    }

    private let authority: TestAuthority
    /// One that nobody trusts who trusts the other.
    private let stranger: TestAuthority

    init() throws {
        authority = try TestAuthority()
        stranger = try TestAuthority()
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    // MARK: - Server, proxy and client

    private func serverTLS(of authority: TestAuthority, clientsOf authorities: String? = nil) throws -> ServerTLS {
        var files = try authority.files("server", names: ["localhost"])
        files.authorities = authorities
        return try ServerTLS(files: files, logger: Self.silent)
    }

    private func clientTLS(_ files: TLSFiles? = nil) throws -> ClientTLS {
        try ClientTLS(files: files ?? TLSFiles(authorities: authority.authorities), logger: Self.silent)
    }

    /// What the proxy shows to clients.
    private func listenerOptions(_ more: [String] = []) throws -> [String] {
        let files = try authority.files("proxy", names: ["localhost"])
        return try ["--listen-certificate", #require(files.certificate), "--listen-key", #require(files.key)] + more
    }

    /// Makes a call through a proxy.
    ///
    /// - Parameter telling: what the proxy is waited to print before it is ended.
    /// - Returns: the text of the answer, or the error; and what the proxy printed.
    private func call(
        through options: [String], server: ServerTLS? = nil, client: ClientTLS? = nil, until telling: String
    ) async throws -> (answer: Result<String, RPCError>, printed: String) {
        let wire = WireServer(
            services: [Provider()], configuration: ServerConfiguration(), security: server, access: Access(), logger: Self.silent)
        let address = try await wire.start()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await wire.serve() }
            defer { group.cancelAll() }
            let proxy = try ChildProcess.program(
                "wiredump", ["proxy", "--to", "localhost:\(address.port)", "--view", "messages", "--show", "json"] + options,
                standardError: .collected)
            let greeting = try #require(await proxy.firstLine())
            let port = try #require(greeting.split(separator: ":").last.flatMap { Int($0) })
            let caller = WireClient(
                host: "localhost", port: port, configuration: ClientConfiguration(), security: client, logger: Self.silent)
            let answer = await Self.ask(caller)
            await caller.close()
            #expect(await proxy.prints(telling), "\(proxy.printed)")
            proxy.signal(SIGTERM)
            #expect(await proxy.wait() == 0)
            return (answer, proxy.printed)
        }
    }

    private static func ask(_ client: WireClient) async -> Result<String, RPCError> {
        do {
            let response = try await LLMV1.LLMProviderClient(client).get(LLMV1.GetRequest(requestID: "known"))
            guard case .reply(let reply)? = response.result?.outcome else { return .success("no reply") }
            return .success(String(decoding: reply.json, as: UTF8.self))
        } catch let error as RPCError {
            return .failure(error)
        } catch {
            return .failure(RPCError(.unknown, "\(error)"))
        }
    }

    // MARK: - Tests

    @Test("shows what is said in plain before it goes on over TLS")
    func towardsServer() async throws {
        let (answer, printed) = try await call(
            through: ["--tls-authorities", authority.authorities], server: try serverTLS(of: authority),
            until: #"<- "#)
        #expect(try answer.get() == "unknown")
        #expect(printed.contains("huleedu.llm.v1.LLMProvider/Get  OK"))
        #expect(printed.contains(#"-> +0 ns  {"request_id":"known"}"#))
        #expect(printed.contains(#"{"result":{"request_id":"known","reply":{"json":"unknown"}}}"#))
    }

    @Test("shows what came over TLS before it goes on in plain")
    func towardsClient() async throws {
        let (answer, printed) = try await call(through: try listenerOptions(), client: try clientTLS(), until: "<- ")
        #expect(try answer.get() == "unknown")
        #expect(printed.contains(#"-> +0 ns  {"request_id":"known"}"#))
    }

    @Test("shows its certificate to a server that asks for one, and asks clients for theirs")
    func mutual() async throws {
        let own = try authority.files("me", names: ["proxy.example"])
        let (answer, printed) = try await call(
            through: try listenerOptions(["--listen-authorities", authority.authorities]) + [
                "--tls-authorities", authority.authorities, "--tls-certificate", try #require(own.certificate), "--tls-key",
                try #require(own.key),
            ],
            server: try serverTLS(of: authority, clientsOf: authority.authorities),
            client: try clientTLS(try authority.files("pupil", names: ["pupil.example"])), until: "<- ")
        // The server knows the proxy, and not who is behind it.
        #expect(try answer.get().contains("proxy.example"))
        #expect(printed.contains(#"-> +0 ns  {"request_id":"known"}"#))
    }

    @Test("closes a connection that cannot be made secure, and says which and why")
    func refusals() async throws {
        let trusting = ["--tls-authorities", authority.authorities]
        for (options, server, client, reason) in [
            (
                trusting, try serverTLS(of: stranger), nil,
                "wiredump: the server: TLS failed: the peer's certificate is not of an authority that is trusted"
            ),
            (
                trusting + ["--tls-name", "elsewhere"], try serverTLS(of: authority), nil,
                "wiredump: the server: TLS failed: the peer's certificate is another name's"
            ),
            (
                trusting, try serverTLS(of: authority, clientsOf: authority.authorities), nil,
                "wiredump: the server: TLS failed: the peer refused, perhaps because it does not trust our certificate or wants one"
            ),
            (trusting, nil, nil, "wiredump: the server: TLS failed: "),
            (
                try listenerOptions(), nil, nil,
                "wiredump: a client: TLS failed: the peer speaks another protocol, or another version of it"
            ),
            (
                try listenerOptions(["--listen-authorities", authority.authorities]), nil, try clientTLS(),
                "wiredump: a client: TLS failed: "
            ),
        ] as [([String], ServerTLS?, ClientTLS?, String)] {
            let (answer, printed) = try await call(through: options, server: server, client: client, until: reason)
            #expect(throws: RPCError.self, "\(printed)") { try answer.get() }
            // What a client has said that the server cannot be told stands without an answer; one that is no client has said nothing.
            #expect(printed.contains("LLMProvider/Get  unanswered") == reason.contains("the server"), "\(printed)")
        }
    }

    @Test("takes no options that do not go together, and names the file that is no good")
    func options() async throws {
        let certificate = try #require(try authority.files("proxy", names: ["localhost"]).certificate)
        for (options, reason) in [
            (["--listen-certificate", certificate], "--listen-certificate and --listen-key go together."),
            (["--listen-authorities", certificate], "--listen-authorities: expected --listen-certificate with it."),
            (["--tls-name", "a"], "--tls-name, --tls-certificate and --tls-key need --tls or --tls-authorities."),
            (["--tls", "--listen", "0.0.0.0:0"], "--listen: beyond this machine what came over TLS goes over TLS only"),
            (
                ["--tls", "--listen", "127.0.0.1.example:0"],
                "--listen: beyond this machine what came over TLS goes over TLS only"
            ),
            (
                ["--listen-certificate", certificate, "--listen-key", certificate, "--to", "192.0.2.1:7400"],
                "--to: beyond this machine what came over TLS goes over TLS only; add --tls or --tls-authorities."
            ),
            (["--tls", "--to", "/run/a.socket"], "--to: expected HOST:PORT with TLS, and no socket file."),
            (
                ["--listen-certificate", certificate, "--listen-key", "/nowhere/a.key"],
                "--listen: TLS: key /nowhere/a.key: expected a readable private key in PEM."
            ),
            (
                ["--tls-authorities", "/nowhere/a.pem"],
                "TLS: authorities /nowhere/a.pem: expected a readable file of certificates in PEM."
            ),
        ] {
            let given = options.contains("--to") ? options : options + ["--to", "127.0.0.1:1"]
            let program = try ChildProcess.program("wiredump", ["proxy"] + given, standardError: .collected)
            #expect(await program.wait() == 64)
            #expect(program.printed.contains(reason), "\(program.printed)")
        }
    }
}
