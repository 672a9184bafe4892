import ArgumentParser
import Foundation
import Wire
import WireDump

/// Which method is called, with what.
struct RequestOptions: ParsableArguments {
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

    func validate() throws {
        _ = try descriptor
        _ = try entries
    }

    var descriptor: MethodDescriptor {
        get throws {
            let parts = method.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw ValidationError("Expected SERVICE/METHOD, as huleedu.wire.v1.Health/Check; '\(method)' is none.")
            }
            return MethodDescriptor(service: String(parts[0]), method: String(parts[1]))
        }
    }

    /// The metadata of the call.
    var entries: Metadata {
        get throws {
            let entries = try metadata.map { text in
                guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                    throw ValidationError("--metadata: expected KEY=VALUE; '\(text)' is none.")
                }
                return (String(text[..<equals]), String(text[text.index(after: equals)...]))
            }
            return Metadata(entries)
        }
    }

    /// What the contracts say of the method.
    func method(in schema: MessageSchema) throws -> MessageSchema.Method {
        let descriptor = try descriptor
        guard let method = schema.method(descriptor.service, descriptor.method) else {
            throw ValidationError("The contracts have no method '\(descriptor)'.")
        }
        return method
    }

    /// The bytes of the requests that --data has.
    func requests(of method: MessageSchema.Method, _ encoder: MessageEncoder) throws -> [[UInt8]] {
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
