/// Writes the C functions through which Swift reaches protobuf-c's descriptors, and the descriptor set as a constant.
///
/// Swift does not promise that the address of an imported C constant is the constant's own, so the addresses come from C.
struct CGenerator {
    let files: [SchemaFile]
    let descriptorSet: [UInt8]

    func generate() -> [GeneratedFile] {
        let wanted = files.filter(\.isWanted)
        let names = wanted.flatMap { $0.messages.flatMap(Self.allNames) }
        var header = "/* Generated from the contracts by Tools/generate; not to be edited. */\n#pragma once\n\n"
        header += "#include <stddef.h>\n#include <stdint.h>\n\n"
        header += "const uint8_t *_Nonnull huleedu_file_descriptor_set(void);\nsize_t huleedu_file_descriptor_set_size(void);\n\n"
        header += names.map { "const void *_Nonnull \(Names.accessor($0))(void);\n" }.joined()

        var source = "/* Generated from the contracts by Tools/generate; not to be edited. */\n#include \"CContracts.h\"\n"
        for file in wanted { source += "#include \"\(file.path.dropLast(".proto".count)).pb-c.h\"\n" }
        source += "\nstatic const uint8_t descriptor_set[] = {\n\(Self.bytes(descriptorSet))};\n\n"
        source += "const uint8_t *huleedu_file_descriptor_set(void) { return descriptor_set; }\n"
        source += "size_t huleedu_file_descriptor_set_size(void) { return sizeof descriptor_set; }\n\n"
        source += names.map { "const void *\(Names.accessor($0))(void) { return &\(Names.c($0))__descriptor; }\n" }.joined()
        return [
            GeneratedFile(name: "include/CContracts.h", content: header),
            GeneratedFile(name: "CContracts.c", content: source),
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
