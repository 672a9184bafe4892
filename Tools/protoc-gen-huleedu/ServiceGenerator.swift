/// Writes a service's protocol, its client, and the server that stands between bytes and an implementation.
struct ServiceGenerator {
    let service: SchemaService
    let names: TypeNames

    func declarations(into source: inout SourceText) {
        serviceProtocol(into: &source)
        source.line()
        client(into: &source)
        source.line()
        server(into: &source)
    }

    private typealias Method = SchemaService.Method

    private func serviceProtocol(into source: inout SourceText) {
        source.documentation(service.comment)
        source.block("public protocol \(service.name)Service: Sendable") { source in
            for method in service.methods {
                source.documentation(method.comment)
                source.line("func \(Names.method(method.name))(")
                source.line("    \(parameters(of: method)), context: ServerContext")
                source.line(") async throws\(result(of: method))")
            }
        }
    }

    private func parameters(of method: Method) -> String {
        let (request, response) = (names.swift(method.request), names.swift(method.response))
        return switch method.streaming {
        case .neither: "_ request: \(request)"
        case .server: "_ request: \(request), to responses: MessageSender<\(response)>"
        case .client: "_ requests: MessageStream<\(request)>"
        case .both: "_ requests: MessageStream<\(request)>, to responses: MessageSender<\(response)>"
        }
    }

    private func result(of method: Method) -> String {
        switch method.streaming {
        case .neither, .client: " -> \(names.swift(method.response))"
        case .server, .both: ""
        }
    }

    // MARK: - The client

    private func client(into source: inout SourceText) {
        source.line("/// Calls `\(service.fullName)` over a transport.")
        source.block("public struct \(service.name)Client: Sendable") { source in
            source.line("private let transport: any ClientTransport")
            source.line()
            source.block("public init(_ transport: any ClientTransport)") { $0.line("self.transport = transport") }
            for method in service.methods {
                source.line()
                source.documentation(method.comment)
                call(method, into: &source)
            }
        }
    }

    private func call(_ method: Method, into source: inout SourceText) {
        let (request, response) = (names.swift(method.request), names.swift(method.response))
        let (hasRequest, result) =
            switch method.streaming {
            case .neither: (true, response)
            case .server: (true, "MessageStream<\(response)>")
            case .client: (false, "Upload<\(request), \(response)>")
            case .both: (false, "Exchange<\(request), \(response)>")
            }
        source.line("public func \(Names.method(method.name))(")
        source.line("    \(hasRequest ? "_ request: \(request), " : "")options: CallOptions = CallOptions()")
        source.block(") async throws -> \(result)") {
            let descriptor = "\(service.name)Server.\(Names.method(method.name))"
            $0.line("try await transport.\(verb(of: method))(\(descriptor), \(hasRequest ? "request, " : "")options: options)")
        }
    }

    /// The function that stands between bytes and values, with the same name on both sides of a stream.
    private func verb(of method: Method) -> String {
        switch method.streaming {
        case .neither: "call"
        case .server: "follow"
        case .client: "upload"
        case .both: "exchange"
        }
    }

    // MARK: - The server

    private func server(into source: inout SourceText) {
        let unary = service.methods.filter { $0.streaming == .neither }
        let streaming = service.methods.filter { $0.streaming != .neither }
        source.line("/// Serves an implementation of `\(service.fullName)`.")
        source.block("public struct \(service.name)Server: RPCService") { source in
            source.line("public static let serviceName = \"\(service.fullName)\"")
            for method in service.methods {
                let idempotency = method.isIdempotent ? ", isIdempotent: true" : ""
                source.line(
                    "public static let \(Names.method(method.name)) = MethodDescriptor(service: serviceName, "
                        + "method: \"\(method.name)\"\(idempotency))")
            }
            source.line()
            source.line("private let service: any \(service.name)Service")
            source.line()
            source.block("public init(_ service: any \(service.name)Service)") { $0.line("self.service = service") }
            source.line()
            source.line("public var name: String { Self.serviceName }")
            source.line("public var methods: [String] { [\(unary.map { "\"\($0.name)\"" }.joined(separator: ", "))] }")
            if !streaming.isEmpty {
                let kinds = streaming.map { "\"\($0.name)\": .\(kind(of: $0))" }
                source.line("public var streams: [String: StreamKind] { [\(kinds.joined(separator: ", "))] }")
            }
            source.line()
            source.block("public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8]") {
                answers(unary, into: &$0)
            }
            if !streaming.isEmpty {
                source.line()
                source.line("public func serve(")
                source.line("    method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext")
                source.block(") async throws") { streams(streaming, into: &$0) }
            }
        }
    }

    private func kind(of method: Method) -> String {
        switch method.streaming {
        case .neither: preconditionFailure("the method streams")
        case .server: "serverStreaming"
        case .client: "clientStreaming"
        case .both: "bidirectional"
        }
    }

    private func answers(_ methods: [Method], into source: inout SourceText) {
        source.block("switch method") { source in
            for method in methods {
                source.line("case \"\(method.name)\":")
                source.line("    try await UnaryCall.answer(payload) { request in")
                source.line("        try await service.\(Names.method(method.name))(request, context: context)")
                source.line("    }")
            }
            source.line("default:")
            source.line("    throw RPCError(.unimplemented, \"\\(name) has no method \\(method)\")")
        }
    }

    private func streams(_ methods: [Method], into source: inout SourceText) {
        source.block("switch method") { source in
            for method in methods {
                let sent = method.streaming == .server ? "request" : "requests"
                let hasResponses = method.streaming != .client
                let (closure, call) = hasResponses ? ("\(sent), responses", "\(sent), to: responses") : (sent, sent)
                source.line("case \"\(method.name)\":")
                source.line("    try await StreamingMethod.\(verb(of: method))(requests, responses) { \(closure) in")
                source.line("        try await service.\(Names.method(method.name))(\(call), context: context)")
                source.line("    }")
            }
            source.line("default:")
            source.line("    throw RPCError(.unimplemented, \"\\(name) has no streaming method \\(method)\")")
        }
    }
}
