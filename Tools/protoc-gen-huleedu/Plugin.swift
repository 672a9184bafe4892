private import CDescriptors
private import CProtobufC
import Glibc

/// The protoc plugin of the contracts.
///
/// protoc sends a `CodeGeneratorRequest` on standard input and reads a `CodeGeneratorResponse` from standard output. The parameter says
/// what to write: `swift` or `c`, and after a comma the C target that it belongs to where that is not `CContracts`. With `--rewrite-optional`
/// the program is a filter instead: it passes the request on with every proto3 `optional` turned into the one-member oneof that it is on the wire, because protoc-gen-c refuses the keyword.
@main
struct Plugin {
    static func main() {
        let input = readStandardInput()
        guard let request = google__protobuf__compiler__code_generator_request__unpack(nil, input.count, input) else {
            fail("standard input holds no CodeGeneratorRequest; this program is called by protoc")
        }
        if CommandLine.arguments.dropFirst() == ["--rewrite-optional"] {
            rewriteOptional(request)
        } else {
            generate(request)
        }
    }

    private typealias Request = UnsafeMutablePointer<Google__Protobuf__Compiler__CodeGeneratorRequest>

    // MARK: - Generating

    private static func generate(_ request: Request) {
        let wanted = Set((0..<request.pointee.n_file_to_generate).map { text(request.pointee.file_to_generate[$0]) })
        do throws(SchemaError) {
            var files: [SchemaFile] = []
            for file in elements(request.pointee.proto_file, request.pointee.n_proto_file) {
                files.append(try SchemaReader(file).read(isWanted: wanted.contains(text(file.name))))
            }
            let parameter = text(request.pointee.parameter)
            let parts = parameter.split(separator: ",").map(String.init)
            switch (parts.first, parts.dropFirst().first ?? "CContracts") {
            case ("swift", let module): respond(SwiftGenerator(files: files, module: module).generate())
            case ("c", let module):
                respond(CGenerator(files: files, descriptorSet: descriptorSet(request), module: module).generate())
            case _: throw SchemaError("the parameter is \"\(parameter)\"; expected swift or c")
            }
        } catch {
            respond(error: error.message)
        }
    }

    /// Every file of the request without its comments, as a serialised `FileDescriptorSet`.
    private static func descriptorSet(_ request: Request) -> [UInt8] {
        for index in 0..<request.pointee.n_proto_file { request.pointee.proto_file[index]?.pointee.source_code_info = nil }
        var set = Google__Protobuf__FileDescriptorSet()
        google__protobuf__file_descriptor_set__init(&set)
        set.n_file = request.pointee.n_proto_file
        set.file = request.pointee.proto_file
        var bytes = [UInt8](repeating: 0, count: google__protobuf__file_descriptor_set__get_packed_size(&set))
        google__protobuf__file_descriptor_set__pack(&set, &bytes)
        return bytes
    }

    // MARK: - Rewriting

    private static func rewriteOptional(_ request: Request) {
        for index in 0..<request.pointee.n_proto_file {
            guard let file = request.pointee.proto_file[index] else { continue }
            rewriteOptional(file.pointee.message_type, file.pointee.n_message_type)
        }
        var bytes = [UInt8](
            repeating: 0, count: google__protobuf__compiler__code_generator_request__get_packed_size(request))
        google__protobuf__compiler__code_generator_request__pack(request, &bytes)
        write(bytes)
    }

    private static func rewriteOptional(
        _ messages: UnsafeMutablePointer<UnsafeMutablePointer<Google__Protobuf__DescriptorProto>?>?, _ count: Int
    ) {
        for message in UnsafeBufferPointer(start: messages, count: count) {
            guard let message else { continue }
            for index in 0..<message.pointee.n_field {
                message.pointee.field[index]?.pointee.has_proto3_optional = 0
                message.pointee.field[index]?.pointee.proto3_optional = 0
            }
            rewriteOptional(message.pointee.nested_type, message.pointee.n_nested_type)
        }
    }

    // MARK: - The response, field by field: it is three kinds of field, and writing them needs no C structure

    private static func respond(_ files: [GeneratedFile]) {
        var response = field(2, varint: 1)
        for file in files {
            response += field(15, bytes: field(1, bytes: Array(file.name.utf8)) + field(15, bytes: Array(file.content.utf8)))
        }
        write(response)
    }

    private static func respond(error: String) {
        write(field(1, bytes: Array("protoc-gen-huleedu: \(error)".utf8)) + field(2, varint: 1))
    }

    private static func field(_ number: UInt64, varint: UInt64) -> [UInt8] {
        self.varint(number << 3) + self.varint(varint)
    }

    private static func field(_ number: UInt64, bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    // MARK: - Standard input and output

    private static func readStandardInput() -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            guard count >= 0 else { fail("standard input can't be read") }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }

    private static func write(_ bytes: [UInt8]) {
        writeAll(bytes, to: STDOUT_FILENO)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        var left = bytes[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { exit(1) }
            left = left.dropFirst(count)
        }
    }

    private static func fail(_ message: String) -> Never {
        writeAll(Array("protoc-gen-huleedu: \(message)\n".utf8), to: STDERR_FILENO)
        exit(1)
    }
}
