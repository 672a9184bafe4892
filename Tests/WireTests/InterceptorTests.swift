import Synchronization
import Testing

@testable import Wire

/// An interceptor of closures, for both sides.
private struct Noting: ServerInterceptor, ClientInterceptor {
    let journal: Journal
    let name: String
    var refusal: RPCError?
    var metadata: (String, String)?
    var observes = false

    func intercept<Answer: Sendable>(
        _ call: ServerCall, next: (ServerCall) async throws -> Answer
    ) async throws -> Answer {
        journal.note("\(name) in")
        defer { journal.note("\(name) out") }
        if let refusal { throw refusal }
        var call = call
        if let metadata { call.context.metadata.append(metadata.1, for: metadata.0) }
        if observes { call.observe { [name, journal] in journal.note("\(name) \($0.rawValue) \($1)") } }
        return try await next(call)
    }

    func intercept<Answer: Sendable>(
        _ call: ClientCall, next: (ClientCall) async throws -> Answer
    ) async throws -> Answer {
        journal.note("\(name) in")
        call.onEnd { [name, journal] in journal.note("\(name) end \($0?.code.name ?? "OK")") }
        if let refusal { throw refusal }
        var call = call
        if let metadata { call.options.metadata.append(metadata.1, for: metadata.0) }
        if observes { call.observe { [name, journal] in journal.note("\(name) \($0.rawValue) \($1)") } }
        return try await next(call)
    }
}

private final class Journal: Sendable {
    private let state = Mutex<[String]>([])

    func note(_ entry: String) { state.withLock { $0.append(entry) } }

    var entries: [String] { state.withLock { $0 } }
}

/// `Run` and the stream `Echo` answer with what they are sent; `Key` with the metadata of that name; `Fail` fails.
private struct Echoing: RPCService {
    let name = "test.Echoing"
    let methods = ["Run", "Key", "Fail"]
    let streams: [String: StreamKind] = ["Echo": .bidirectional, "Sum": .clientStreaming]

    static func method(_ name: String) -> MethodDescriptor { MethodDescriptor(service: "test.Echoing", method: name) }

    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        switch method {
        case "Key": Array(context.metadata.values(for: "key").joined(separator: ",").utf8)
        case "Fail": throw RPCError(.aborted, "no")
        default: payload
        }
    }

    func serve(
        method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
    ) async throws {
        var sum: UInt8 = 0
        for try await message in requests {
            if message == [13] { throw RPCError(.outOfRange, "no") }
            if method == "Echo" { try await responses.send(message) }
            sum += message.first ?? 0
        }
        if method == "Sum" { try await responses.send([sum]) }
    }
}

@Suite("Interceptors")
struct InterceptorTests {
    private let journal = Journal()

    private func transport(
        server: [any ServerInterceptor] = [], client: [any ClientInterceptor] = []
    ) -> any ClientTransport {
        InProcessTransport([Echoing()], interceptors: server).intercepted(by: client)
    }

    @Test("of a server see a call in their order, its messages on their way, and its end in reverse")
    func serverOrder() async throws {
        let interceptors = [Noting(journal: journal, name: "a", observes: true), Noting(journal: journal, name: "b")]
        let answer = try await transport(server: interceptors).call(Echoing.method("Run"), payload: [7], options: .init())
        #expect(answer == [7])
        #expect(journal.entries == ["a in", "b in", "a request [7]", "a response [7]", "b out", "a out"])
    }

    @Test("of a server see every message of a stream, and its handler's end")
    func serverStream() async throws {
        let interceptors = [Noting(journal: journal, name: "a", observes: true)]
        let call = try await transport(server: interceptors).open(
            Echoing.method("Echo"), .bidirectional, payload: nil, options: .init())
        var responses = call.responses.makeAsyncIterator()
        for number in 1...2 as ClosedRange<UInt8> {
            try await call.requests.send([number])
            #expect(try await responses.next() == [number])
        }
        call.requests.finish()
        #expect(try await responses.next() == nil)
        #expect(
            journal.entries == [
                "a in", "a request [1]", "a response [1]", "a request [2]", "a response [2]", "a out",
            ])
    }

    @Test("refuse a call, of which neither those behind them nor a handler learns")
    func refusing() async throws {
        let refusal = RPCError(.permissionDenied, "not now", isRefused: true)
        let last = Noting(journal: journal, name: "last", observes: true)
        for (server, client) in [([Noting(journal: journal, name: "no", refusal: refusal), last], []), ([], [last])] {
            let client: [any ClientInterceptor] =
                server.isEmpty ? [Noting(journal: journal, name: "no", refusal: refusal), last] : client
            let transport = transport(server: server, client: client)
            let unary = await #expect(throws: RPCError.self) {
                _ = try await transport.call(Echoing.method("Run"), payload: [], options: .init())
            }
            #expect(unary?.code == .permissionDenied && unary?.isRefused == true)
            let stream = await #expect(throws: RPCError.self) {
                let call = try await transport.open(Echoing.method("Echo"), .bidirectional, payload: nil, options: .init())
                for try await _ in call.responses {}
            }
            #expect(stream?.code == .permissionDenied && stream?.isRefused == true)
        }
        #expect(!journal.entries.contains { $0.hasPrefix("last") })
        #expect(
            journal.entries == ["no in", "no out", "no in", "no out"]
                + ["no in", "no end PERMISSION_DENIED", "no in", "no end PERMISSION_DENIED"])
    }

    @Test("change a call's metadata for all that comes after them")
    func metadata() async throws {
        let client = [Noting(journal: journal, name: "c", metadata: ("key", "from the client"))]
        let server = [Noting(journal: journal, name: "s", metadata: ("key", "from the server"))]
        let answer = try await transport(server: server, client: client).call(
            Echoing.method("Key"), payload: [], options: CallOptions(metadata: Metadata([("key", "own")])))
        #expect(String(decoding: answer, as: UTF8.self) == "own,from the client,from the server")
    }

    @Test("of a client see a unary call in their order, its messages, and its end once, whatever it is")
    func clientUnary() async throws {
        let interceptors = [Noting(journal: journal, name: "a"), Noting(journal: journal, name: "b", observes: true)]
        let transport = transport(client: interceptors)
        _ = try await transport.call(Echoing.method("Run"), payload: [7], options: .init())
        #expect(journal.entries == ["a in", "b in", "b request [7]", "b response [7]", "a end OK", "b end OK"])
        _ = try? await transport.call(Echoing.method("Fail"), payload: [8], options: .init())  // Its end is what counts.
        #expect(journal.entries.dropFirst(6) == ["a in", "b in", "b request [8]", "a end ABORTED", "b end ABORTED"])
    }

    @Test(
        "of a client see a stream's end once: well, failed, or let go",
        arguments: [(1, "OK"), (13, "OUT_OF_RANGE"), (nil, "CANCELLED")] as [(UInt8?, String)])
    func clientStream(message: UInt8?, code: String) async throws {
        let interceptors = [Noting(journal: journal, name: "a", observes: true)]
        do {
            let call = try await transport(client: interceptors).open(
                Echoing.method("Echo"), .bidirectional, payload: nil, options: .init())
            #expect(!journal.entries.contains { $0.hasPrefix("a end") })
            if let message {
                try await call.requests.send([message])
                call.requests.finish()
                do {
                    for try await echo in call.responses { #expect(echo == [message]) }
                } catch {
                    #expect((error as? RPCError)?.code == .outOfRange)
                }
            }
        }
        let messages = message.map { $0 == 13 ? ["a request [13]"] : ["a request [\($0)]", "a response [\($0)]"] } ?? []
        #expect(journal.entries == ["a in"] + messages + ["a end \(code)"])
    }

    @Test("of a client see a stream of requests end well with its answer")
    func upload() async throws {
        let interceptors = [Noting(journal: journal, name: "a")]
        do {
            let call = try await transport(client: interceptors).open(
                Echoing.method("Sum"), .clientStreaming, payload: nil, options: .init())
            try await call.requests.send([2])
            try await call.requests.send([3])
            call.requests.finish()
            var responses = call.responses.makeAsyncIterator()
            #expect(try await responses.next() == [5])
        }
        #expect(journal.entries == ["a in", "a end OK"])
    }

    @Test("that are told of an end after it has come are told at once")
    func lateEnd() {
        let ending = CallEnding()
        ending.end(nil)
        ending.end(RPCError(.aborted, "late"))
        ending.onEnd { [journal] in journal.note("\($0?.code.name ?? "OK")") }
        #expect(journal.entries == ["OK"])
    }

    @Test("that are none leave the transport as it is")
    func none() {
        #expect(transport() is InProcessTransport)
    }
}
