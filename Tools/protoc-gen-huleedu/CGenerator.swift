/// Writes the C functions through which Swift reaches protobuf-c's descriptors, and the descriptor set as a constant.
///
/// Swift does not promise that the address of an imported C constant is the constant's own, so the addresses come from C.
struct CGenerator {
    let files: [SchemaFile]
    let descriptorSet: [UInt8]
    /// The C target that holds what is written.
    let module: String

    func generate() -> [GeneratedFile] {
        let wanted = files.filter(\.isWanted)
        let names = wanted.flatMap { $0.messages.flatMap(Self.allNames) }
        var header = "/* Generated from the contracts by Tools/generate; not to be edited. */\n#pragma once\n\n"
        header += "#include <stddef.h>\n#include <stdint.h>\n\n"
        header += "const uint8_t *_Nonnull \(module)_file_descriptor_set(void);\n"
        header += "size_t \(module)_file_descriptor_set_size(void);\n\n"
        header += names.map { "const void *_Nonnull \(Names.accessor($0))(void);\n" }.joined()

        var source = "/* Generated from the contracts by Tools/generate; not to be edited. */\n#include \"\(module).h\"\n"
        for file in wanted { source += "#include \"\(file.path.dropLast(".proto".count)).pb-c.h\"\n" }
        source += "\nstatic const uint8_t descriptor_set[] = {\n\(Self.bytes(descriptorSet))};\n\n"
        source += "const uint8_t *\(module)_file_descriptor_set(void) { return descriptor_set; }\n"
        source += "size_t \(module)_file_descriptor_set_size(void) { return sizeof descriptor_set; }\n\n"
        source += names.map { "const void *\(Names.accessor($0))(void) { return &\(Names.c($0))__descriptor; }\n" }.joined()
        return [
            GeneratedFile(name: "include/\(module).h", content: header),
            GeneratedFile(name: "\(module).c", content: source),
        ]
    }

    private static func allNames(_ message: SchemaMessage) -> [String] {
        [message.fullName] + message.messages.flatMap(allNames)
    }

    private static func bytes(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 24).map { start in
            "    " + bytes[start..<min(start + 24, bytes.count)].map { "\($0)," }.joined() + "\n"
        }.joined()
    }
}
