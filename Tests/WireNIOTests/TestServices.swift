import Logging
import Testing
import Watching
import Wire
import WireNIO

/// A service of closures.
struct TestService: RPCService {
    typealias Handler = @Sendable ([UInt8], ServerContext) async throws -> [UInt8]

    typealias StreamHandler = @Sendable (InboundMessages, OutboundMessages, ServerContext) async throws -> Void

    let name = "test.Service"
    let handlers: [String: Handler]
    var streamHandlers: [String: (kind: StreamKind, serve: StreamHandler)] = [:]

    var streams: [String: StreamKind] { streamHandlers.mapValues(\.kind) }

    func serve(
        method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
    ) async throws {
        guard let handler = streamHandlers[method] else { throw RPCError(.unimplemented, "no \(method)") }
        try await handler.serve(requests, responses, context)
    }

    var methods: [String] { handlers.keys.sorted() }

    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        guard let handler = handlers[method] else { throw RPCError(.unimplemented, "no \(method)") }
        return try await handler(payload, context)
    }

    static func method(_ name: String) -> MethodDescriptor { MethodDescriptor(service: "test.Service", method: name) }

    static let echo = method("Echo")
    static let wait = method("Wait")
    static let stream = method("Stream")

    /// `Stream` is the stream given, beside what the standard service answers.
    static func streaming(_ kind: StreamKind = .serverStreaming, _ serve: @escaping StreamHandler) -> TestService {
        var service = standard()
        service.streamHandlers["Stream"] = (kind, serve)
        return service
    }

    /// `Echo` answers with what it is sent; `Wait` counts itself in and answers once the gate is open.
    static func standard(_ gate: Gate = Gate()) -> TestService {
        TestService(handlers: [
            "Echo": { payload, _ in payload },
            "Wait": { payload, _ in
                try await gate.pass()
                return payload
            },
        ])
    }
}

/// Holds handlers until it is opened, and lets a test wait until so many have come to it.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrivals = 0
        var departures = 0
    }

    private let state = Watched(State())

    /// Returns once the gate is open, or throws once the task is cancelled.
    func pass() async throws {
        state.change { $0.arrivals += 1 }
        defer { state.change { $0.departures += 1 } }
        await withTaskCancellationHandler {
            await state.wait { $0.isOpen || Task.isCancelled }
        } onCancel: {
            state.change { _ in }
        }
        try Task.checkCancellation()
    }

    /// Returns once the gate is open, whether or not anybody waits for that any more.
    func passStubbornly() async {
        state.change { $0.arrivals += 1 }
        await state.wait { $0.isOpen }
        state.change { $0.departures += 1 }
    }

    func open() {
        state.change { $0.isOpen = true }
    }

    func arrivals(_ count: Int) async {
        await state.wait { $0.arrivals >= count }
    }

    /// Returns once so many have left, by whatever way.
    func departures(_ count: Int) async {
        await state.wait { $0.departures >= count }
    }

    var arrivalCount: Int { state.withValue { $0.arrivals } }
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs a server while `body` does, and takes it down afterwards.
func withServer<Result: Sendable>(
    _ service: any RPCService = TestService.standard(), configuration: ServerConfiguration = ServerConfiguration(),
    access: (any AccessControl)? = nil, load: ServerLoad? = nil, _ body: (BoundAddress, WireServer) async throws -> Result
) async throws -> Result {
    let server = WireServer(services: [service], configuration: configuration, access: access, load: load, logger: silent)
    let address = try await server.start()
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.serve() }
        do {
            let result = try await body(address, server)
            group.cancelAll()
            try await group.waitForAll()
            return result
        } catch {
            group.cancelAll()
            throw error
        }
    }
}

/// A client for a server, closed afterwards.
func withClient<Result: Sendable>(
    _ address: BoundAddress, configuration: ClientConfiguration = ClientConfiguration(),
    _ body: (WireClient) async throws -> Result
) async throws -> Result {
    let client = WireClient(host: address.host, port: address.port, configuration: configuration, logger: silent)
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}

extension ClientTransport {
    /// Begins the test service's stream of answers.
    func stream(_ payload: [UInt8] = [], options: CallOptions = CallOptions()) async throws -> InboundMessages {
        try await open(TestService.stream, .serverStreaming, payload: payload, options: options).responses
    }
}

/// What a stream brings until its end, and how it ended.
func collect(_ messages: InboundMessages) async -> (messages: [[UInt8]], error: RPCError?) {
    var collected: [[UInt8]] = []
    do {
        for try await message in messages { collected.append(message) }
        return (collected, nil)
    } catch {
        return (collected, error as? RPCError)
    }
}

/// How a call ended, where it was to end with an error.
func failure(of call: () async throws -> [UInt8]) async -> RPCError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? RPCError
    }
}

/// Expects that a server with the standard service answers with what it is sent.
func expectEcho(
    of payload: [UInt8], by client: WireClient, _ location: SourceLocation = #_sourceLocation
) async throws {
    let answer = try await client.call(TestService.echo, payload: payload, options: .timeout(.seconds(100)))
    #expect(answer == payload, sourceLocation: location)
}
