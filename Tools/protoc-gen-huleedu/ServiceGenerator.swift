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

    private func serviceProtocol(into source: inout SourceText) {
        source.documentation(service.comment)
        source.block("public protocol \(service.name)Service: Sendable") { source in
            for method in service.methods {
                source.documentation(method.comment)
                source.line("func \(Names.method(method.name))(")
                source.line("    _ request: \(names.swift(method.request)), context: ServerContext")
                source.line(") async throws -> \(names.swift(method.response))")
            }
        }
    }

    private func client(into source: inout SourceText) {
        source.line("/// Calls `\(service.fullName)` over a transport.")
        source.block("public struct \(service.name)Client: Sendable") { source in
            source.line("private let transport: any ClientTransport")
            source.line()
            source.block("public init(_ transport: any ClientTransport)") { $0.line("self.transport = transport") }
            for method in service.methods {
                source.line()
                source.documentation(method.comment)
                source.line("public func \(Names.method(method.name))(")
                source.line("    _ request: \(names.swift(method.request)), options: CallOptions = CallOptions()")
                source.block(") async throws -> \(names.swift(method.response))") {
                    $0.line(
                        "try await transport.call(\(service.name)Server.\(Names.method(method.name)), request, options: options)")
                }
            }
        }
    }

    private func server(into source: inout SourceText) {
        source.line("/// Serves an implementation of `\(service.fullName)`.")
        source.block("public struct \(service.name)Server: RPCService") { source in
            source.line("public static let serviceName = \"\(service.fullName)\"")
            for method in service.methods {
                source.line(
                    "public static let \(Names.method(method.name)) = MethodDescriptor(service: serviceName, method: \"\(method.name)\")"
                )
            }
            source.line()
            source.line("private let service: any \(service.name)Service")
            source.line()
            source.block("public init(_ service: any \(service.name)Service)") { $0.line("self.service = service") }
            source.line()
            source.line("public var name: String { Self.serviceName }")
            source.line("public var methods: [String] { [\(service.methods.map { "\"\($0.name)\"" }.joined(separator: ", "))] }")
            source.line()
            source.block("public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8]") {
                source in
                source.block("switch method") { source in
                    for method in service.methods {
                        source.line("case \"\(method.name)\":")
                        source.line("    try await UnaryCall.answer(payload) { request in")
                        source.line("        try await service.\(Names.method(method.name))(request, context: context)")
                        source.line("    }")
                    }
                    source.line("default:")
                    source.line("    throw RPCError(.unimplemented, \"\\(name) has no method \\(method)\")")
                }
            }
        }
    }
}
