import ArgumentParser
import Foundation
import Wire
import WireDump

/// `wiredump call`
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a method of a server, and show what it answers.",
        discussion: """
            Requests are JSON as proto3 has it: fields by their names in the contract, numbers of 64 bits as numbers or text, bytes in base64, \
            enums by name. A method that takes one request gets the whole of --data, and an empty one without it; a method that takes many gets \
            each line of --data that is not blank. Answers are printed as they come, a line each, with texts hidden as in other views.

            What messages look like is asked of the server, unless --descriptor-set or --proto says it. Examples:

              wiredump call 127.0.0.1:7702 huleedu.wire.v1.Health/Check
              wiredump call 127.0.0.1:7702 huleedu.cj.v1.CJAssessment/GetAssessment --data '{"assessment_id": "class-7"}'
              wiredump call 127.0.0.1:7702 huleedu.cj.v1.CJAssessment/StartAssessment --data @start.json
              wiredump call 127.0.0.1:7702 huleedu.events.v1.EventFeed/Follow --data '{"limit": 10}' --timeout 60

            It ends with 0 when the call went well, with 2 when it, or asking for contracts, ended with another status, which is told on standard \
            error, with 1 when the server does not tell contracts or they cannot be read, and with 64 for wrong options and requests that are no such message.
            """)

    @Argument(help: ArgumentHelp("The server.", valueName: "host:port"))
    var server: String

    @Argument(help: ArgumentHelp("The method, as huleedu.wire.v1.Health/Check.", valueName: "service/method"))
    var method: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The request: JSON, @FILE for what a file holds, or - for standard input.", valueName: "json"))
    var data: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Metadata of the call. May be given several times.", valueName: "key=value"))
    var metadata: [String] = []

    @Option(help: ArgumentHelp("How long the call may take, above 0 to 3600.", valueName: "seconds"))
    var timeout = 30.0

    @OptionGroup(title: "Trust")
    var trust: TrustOptions

    @OptionGroup
    var redaction: RedactionOptions

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        _ = try Address(server, "server")
        _ = try descriptor
        _ = try entries
        guard timeout > 0, timeout <= 3600 else { throw ValidationError("--timeout: expected above 0 to 3600 seconds.") }
    }

    func run() async throws {
        try await Server.with(try Address(server, "server"), trust) { server in
            let schema = if let own = try contracts.ownSchema { own } else { try await server.schema() }
            let descriptor = try descriptor
            guard let method = schema.method(descriptor.service, descriptor.method) else {
                throw ValidationError("The contracts have no method '\(descriptor)'.")
            }
            let decoder = MessageDecoder(schema: schema, redaction: redaction.redaction)
            // Read before the clock runs.
            let requests = try requests(of: method, MessageEncoder(schema: schema))
            var output = Output()
            let call = Exchange(
                client: server.client, method: descriptor, kind: method.kind,
                options: CallOptions(deadline: .after(.seconds(timeout)), metadata: Metadata(try entries)))
            do {
                try await call.make(requests) { answer in
                    try output.write([decoder.json(answer, as: method.output)])
                    try output.flush()
                }
            } catch let error as RPCError {
                throw Server.failure(error)
            }
        }
    }

    private var descriptor: MethodDescriptor {
        get throws {
            let parts = method.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw ValidationError("Expected SERVICE/METHOD, as huleedu.wire.v1.Health/Check; '\(method)' is none.")
            }
            return MethodDescriptor(service: String(parts[0]), method: String(parts[1]))
        }
    }

    private var entries: [(String, String)] {
        get throws {
            try metadata.map { text in
                guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                    throw ValidationError("--metadata: expected KEY=VALUE; '\(text)' is none.")
                }
                return (String(text[..<equals]), String(text[text.index(after: equals)...]))
            }
        }
    }

    // MARK: - Requests

    /// The bytes of the requests that --data has.
    private func requests(of method: MessageSchema.Method, _ encoder: MessageEncoder) throws -> [[UInt8]] {
        let text = try text
        guard method.clientStreams else { return [try bytes(text.isEmpty ? "{}" : text, nil, method.input, encoder)] }
        return try text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { place, line in
            line.allSatisfy(\.isWhitespace) ? nil : try bytes(String(line), place + 1, method.input, encoder)
        }
    }

    private func bytes(_ json: String, _ line: Int?, _ type: String, _ encoder: MessageEncoder) throws -> [UInt8] {
        do {
            return try encoder.bytes(json, as: type)
        } catch {
            throw ValidationError("--data: \(line.map { "line \($0): " } ?? "")\(error).")
        }
    }

    private var text: String {
        get throws {
            switch data {
            case nil: return ""
            case "-": return try Self.text(FileHandle.standardInput.readToEnd() ?? Data(), "standard input")
            case let data? where data.hasPrefix("@"):
                let path = String(data.dropFirst())
                do {
                    return try Self.text(try Data(contentsOf: URL(filePath: path)), path)
                } catch let error as CocoaError {
                    throw ValidationError("--data: \(path) cannot be read: \(error.localizedDescription)")
                }
            case let data?: return data
            }
        }
    }

    private static func text(_ data: Data, _ source: String) throws -> String {
        guard let text = String(data: data, encoding: .utf8) else {
            throw ValidationError("--data: expected UTF-8; \(source) holds something else.")
        }
        return text
    }
}
