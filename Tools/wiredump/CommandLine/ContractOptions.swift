import ArgumentParser
import Contracts
import Foundation
import WireDump

/// Where it stands what messages look like.
struct ContractOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take the contracts from this file, made with 'protoc --include_imports --descriptor_set_out'; without it, those of this "
                + "project.", valueName: "file"))
    var descriptorSet: String?

    @Option(
        help: ArgumentHelp(
            "Take the contracts from this .proto file, which protoc reads. May be given several times.", valueName: "file"))
    var proto: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where .proto files and what they import are looked for; without it, in the folder of each. May be given several times.",
            valueName: "folder"))
    var protoPath: [String] = []

    func validate() throws {
        guard descriptorSet == nil || proto.isEmpty else {
            throw ValidationError("--proto and --descriptor-set are two sources of the same: give one.")
        }
        guard protoPath.isEmpty || !proto.isEmpty else { throw ValidationError("--proto-path: expected --proto with it.") }
    }

    /// Whether files say it.
    var isGiven: Bool { descriptorSet != nil || !proto.isEmpty }

    /// Those of the file, or of this project.
    var schema: MessageSchema {
        get throws { try ownSchema ?? MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet) }
    }

    /// Those of the files; nil where there are none.
    var ownSchema: MessageSchema? {
        get throws {
            guard let bytes = try ownBytes else { return nil }
            do {
                return try MessageSchema(descriptorSet: bytes)
            } catch {
                throw ValidationError("--descriptor-set: \(descriptorSet ?? ""): \(error).")
            }
        }
    }

    /// A `FileDescriptorSet` of them.
    var descriptorSetBytes: [UInt8] {
        get throws { try ownBytes ?? ContractDescriptors.fileDescriptorSet }
    }

    private var ownBytes: [UInt8]? {
        get throws {
            guard proto.isEmpty else { return try ProtoSources.descriptorSet(proto, folders: protoPath) }
            guard let descriptorSet else { return nil }
            do {
                return Array(try Data(contentsOf: URL(filePath: descriptorSet)))
            } catch {
                throw ValidationError("--descriptor-set: \(descriptorSet) cannot be read: \(error.localizedDescription)")
            }
        }
    }
}
