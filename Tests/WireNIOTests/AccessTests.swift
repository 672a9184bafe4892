import Synchronization
import Testing
import Wire
import WireNIO

/// Knows tokens, and lets their owners call `Echo`; everybody may call `Open`.
private final class TokenAccess: AccessControl {
    private let owners: Mutex<[String: String]>

    init(_ owners: [String: String]) {
        self.owners = Mutex(owners)
    }

    func forget(_ token: String) { owners.withLock { $0[token] = nil } }

    func owner(ofToken token: String) -> String? { owners.withLock { $0[token] } }

    func allows(_ method: MethodDescriptor, to peer: PeerIdentity) -> Bool {
        method.method == "Open" || (method.method == "Echo" && peer.tokenName != nil)
    }
}

@Suite("Who may call what", .timeLimit(.minutes(2)))
struct AccessTests {
    private let service = TestService(handlers: [
        "Open": { _, context in Array("\(context.identity)".utf8) },
        "Echo": { _, context in Array("\(context.identity) \(context.metadata[ConnectionAccess.key] ?? "-")".utf8) },
        "Other": { payload, _ in payload },
    ])

    private func options(_ values: String...) -> CallOptions {
        CallOptions(
            deadline: .after(.seconds(60)), metadata: Metadata(values.map { (ConnectionAccess.key, $0) }))
    }

    private func answer(_ client: WireClient, _ method: String, _ options: CallOptions) async throws -> String {
        String(decoding: try await client.call(TestService.method(method), payload: [], options: options), as: UTF8.self)
    }

    private func refusal(_ client: WireClient, _ method: String, _ options: CallOptions) async throws -> RPCError {
        let error = await #expect(throws: RPCError.self) { try await answer(client, method, options) }
        return try #require(error)
    }

    @Test("a call without a token is refused unless everybody may make it, and no handler sees it")
    func unknown() async throws {
        try await withServer(service, access: TokenAccess(["secret": "portal"])) { address, _ in
            try await withClient(address) { client in
                #expect(try await answer(client, "Open", options()) == "unknown")
                for method in ["Echo", "Other", "None"] {
                    let error = try await refusal(client, method, options())
                    #expect(error.code == .unauthenticated && error.isRefused, "\(method)")
                }
            }
        }
    }

    @Test("a token binds the connection to its owner, who may call what its roles allow; handlers never see it")
    func bound() async throws {
        let access = TokenAccess(["secret": "portal", "newer": "portal", "other": "somebody"])
        try await withServer(service, access: access) { address, _ in
            try await withClient(address) { client in
                #expect(try await answer(client, "Echo", options("Bearer secret")) == "portal -")
                #expect(try await answer(client, "Echo", options()) == "portal -")
                #expect(try await answer(client, "Echo", options("bearer newer")) == "portal -")
                let denied = try await refusal(client, "Other", options())
                #expect(denied.code == .permissionDenied && denied.isRefused && denied.message.contains("portal"))
                // Another's token is refused, and the connection stays whose it is.
                #expect(try await refusal(client, "Echo", options("Bearer other")).code == .unauthenticated)
                #expect(try await answer(client, "Echo", options()) == "portal -")
            }
            // Another connection is nobody's.
            try await withClient(address) { client in
                let error = try await refusal(client, "Echo", options())
                #expect(error.code == .unauthenticated)
            }
        }
    }

    @Test(
        "a token that nobody has, or that is no token, is refused whatever is called",
        arguments: [
            ["Bearer wrong"], ["secret"], ["Basic secret"], ["Bearer "], ["Bearer a b"], [""],
            ["Bearer secret", "Bearer secret"],
        ])
    func malformed(values: [String]) async throws {
        try await withServer(service, access: TokenAccess(["secret": "portal"])) { address, _ in
            try await withClient(address) { client in
                let options = CallOptions(
                    deadline: .after(.seconds(60)), metadata: Metadata(values.map { (ConnectionAccess.key, $0) }))
                let error = try await refusal(client, "Open", options)
                #expect(error.code == .unauthenticated && error.isRefused)
                #expect(!error.message.contains("secret") && !error.message.contains("wrong"))
            }
        }
    }

    @Test("streams are refused as unary calls are")
    func streams() async throws {
        let streaming = TestService.streaming { _, responses, _ in try await responses.send([1]) }
        try await withServer(streaming, access: TokenAccess(["secret": "portal"])) { address, _ in
            try await withClient(address) { client in
                let (messages, error) = await collect(try await client.stream())
                #expect(messages.isEmpty && error?.code == .unauthenticated)
                #expect(try await collect(client.stream(options: options("Bearer secret"))).error?.code == .permissionDenied)
            }
        }
    }

    @Test("a token that is taken back is worth nothing with the next call, on connections that it had bound too")
    func takenBack() async throws {
        let access = TokenAccess(["old": "portal", "new": "portal"])
        try await withServer(service, access: access) { address, _ in
            try await withClient(address) { client in
                #expect(try await answer(client, "Echo", options("Bearer old")) == "portal -")
                access.forget("old")
                for options in [options("Bearer old"), options()] {
                    let error = try await refusal(client, "Echo", options)
                    #expect(error.code == .unauthenticated)
                }
                #expect(try await answer(client, "Open", options()) == "unknown")
                #expect(try await answer(client, "Echo", options("Bearer new")) == "portal -")
            }
        }
    }

    @Test("who has not told who it is has half of the handlers, and not one more")
    func handlers() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumHandlers = 4
        let gate = Gate()
        let waiting = TestService(handlers: [
            "Open": { payload, _ in
                try await gate.pass()
                return payload
            },
            "Echo": { payload, _ in payload },
        ])
        try await withServer(waiting, configuration: configuration, access: TokenAccess(["secret": "portal"])) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            for stream in [UInt32(1), 3] { try await raw.request(stream, TestService.method("Open")) }
            await gate.arrivals(2)
            try await raw.request(5, TestService.method("Open"))
            let refused = try #require(try await raw.nextAnswer())
            #expect(refused == (5, .resourceExhausted, true))
            try await withClient(address) { client in
                _ = try await client.call(TestService.echo, payload: [1], options: options("Bearer secret"))
            }
            gate.open()
        }
    }

    @Test("a client sends the token that it is given with each call, as it is then")
    func client() async throws {
        let token = Mutex("wrong")
        try await withServer(service, access: TokenAccess(["secret": "portal"])) { address, _ in
            let client = WireClient(
                host: address.host, port: address.port, configuration: ClientConfiguration(),
                token: { token.withLock { $0 } }, logger: silent)
            let options = CallOptions(deadline: .after(.seconds(60)))
            let error = try await refusal(client, "Echo", options)
            #expect(error.code == .unauthenticated)
            token.withLock { $0 = "secret" }
            let answer = try await answer(client, "Echo", options)
            #expect(answer == "portal -")
            await client.close()
        }
    }

    @Test(
        "who has not told who it is has half of the room for what arrives, and not a byte more",
        arguments: [(500, true), (501, false)])
    func room(bytes: Int, isTaken: Bool) async throws {
        var configuration = ServerConfiguration()
        configuration.maximumRequestBytes = 1000
        let load = ServerLoad(configuration)
        try await withServer(service, configuration: configuration, access: TokenAccess(["secret": "portal"]), load: load) {
            address, _ in
            let raw = try await RawConnection.connect(to: address)
            let request = RequestEnvelope(method: TestService.echo, payload: [UInt8](repeating: 1, count: 600))
            let frame = Frame(stream: StreamID(rawValue: 1), type: .request, payload: request.encoded()).encoded()
            try await raw.send(Array(frame[..<(10 + bytes)]))
            if isTaken {
                while load.statistics.heldRequestBytes < bytes { await Task.yield() }
                // One byte more, and there is no room.
                try await raw.send([frame[10 + bytes]])
            }
            let refused = try #require(try await raw.nextAnswer())
            #expect(refused == (1, .resourceExhausted, true))
            // Somebody who is known has the rest.
            try await withClient(address) { client in
                _ = try await answer(client, "Echo", options("Bearer secret"))
            }
        }
    }

    @Test("a server that asks nobody serves its own machine only, unless it is told to be open")
    func unprotected() async throws {
        var configuration = ServerConfiguration(host: "0.0.0.0")
        let error = await #expect(throws: ServerError.self) {
            try await WireServer(services: [service], configuration: configuration, logger: silent).start()
        }
        #expect(error?.code == .unprotected && error?.message.contains("0.0.0.0") == true)
        try await withServer(service, configuration: configuration, access: TokenAccess([:])) { address, _ in
            try await withClient(BoundAddress(host: "127.0.0.1", port: address.port)) { client in
                let answer = try await answer(client, "Open", options())
                #expect(answer == "unknown")
            }
        }
        configuration.isOpenToAll = true
        try await withServer(service, configuration: configuration) { address, _ in
            try await withClient(BoundAddress(host: "127.0.0.1", port: address.port)) { client in
                let answer = try await answer(client, "Open", options())
                #expect(answer == "unknown")
            }
        }
    }
}
