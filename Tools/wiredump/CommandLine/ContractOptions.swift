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

    /// Those of the file, or of this project.
    var schema: MessageSchema {
        get throws { try ownSchema ?? MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet) }
    }

    /// Those of the file; nil where there is none.
    var ownSchema: MessageSchema? {
        get throws {
            guard let descriptorSet else { return nil }
            do {
                return try MessageSchema(descriptorSet: Array(try Data(contentsOf: URL(filePath: descriptorSet))))
            } catch let error as MessageSchema.SchemaError {
                throw ValidationError("--descriptor-set: \(descriptorSet): \(error).")
            } catch {
                throw ValidationError("--descriptor-set: \(descriptorSet) cannot be read: \(error.localizedDescription)")
            }
        }
    }
}
