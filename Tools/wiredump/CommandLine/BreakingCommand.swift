import ArgumentParser
import Contracts
import Foundation
import WireDump

/// `wiredump breaking`
struct BreakingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breaking",
        abstract: "Tell what a change of contracts breaks for those who are compiled with the old ones.",
        discussion: """
            The old contracts are a descriptor set, made with 'protoc --include_imports --descriptor_set_out'; the new ones are those of this \
            project, or --descriptor-set or --proto names them. Rules have the names of buf's: those of its categories WIRE and WIRE_JSON \
            that proto3 can break, and deletions of packages, services, methods, messages and enums. Examples:

              wiredump breaking --rules
              wiredump breaking proto/baseline.binpb --allowed proto/breaking.allowed
              wiredump breaking old.binpb --proto new/portal.proto --proto-path new

            A line of the file of --allowed has a rule, what changed, as it is told, and a reason; a line that allows what did not \
            happen is a fault. It ends with 0 when nothing is broken, with 3 when something is, with 1 when contracts or the file cannot be read, \
            and with 64 for wrong options.
            """)

    @Argument(help: ArgumentHelp("The old contracts.", valueName: "file"), completion: .file())
    var old: String?

    @Flag(help: "List the rules, and do nothing else.")
    var rules = false

    @Option(help: ArgumentHelp("A file of changes that may be.", valueName: "file"), completion: .file())
    var allowed: String?

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        guard rules || old != nil else { throw ValidationError("Expected the old contracts, or --rules.") }
    }

    func run() throws {
        guard let old, !rules else {
            for rule in BreakingRule.allCases { print(rule.rawValue) }
            return
        }
        let before = try Self.set(try Self.read(old), old)
        let after = try Self.set(try contracts.descriptorSetBytes, "the new contracts")
        let changes = ContractComparison.changes(from: before, to: after)
        let (broken, idle) = try allowances().rest(of: changes)
        for change in broken { print(change.text) }
        for line in idle { print("\(allowed ?? ""):\(line): nothing of the kind has changed; remove the line") }
        guard broken.isEmpty, idle.isEmpty else { throw ExitCode(3) }
    }

    private func allowances() throws -> AllowedBreaks {
        guard let allowed else { return AllowedBreaks() }
        let text = String(decoding: try Self.read(allowed), as: UTF8.self)
        do throws(AllowedBreaks.Fault) {
            return try AllowedBreaks(text)
        } catch {
            Output.complain("\(allowed): \(error)")
            throw ExitCode.failure
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        // Whatever the reason is, the person can only look at the file.
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            Output.complain("\(path) cannot be read")
            throw ExitCode.failure
        }
        return Array(data)
    }

    private static func set(_ bytes: [UInt8], _ source: String) throws -> ContractSet {
        do throws(MessageSchema.SchemaError) {
            return try ContractSet(descriptorSet: bytes)
        } catch {
            Output.complain("\(source): \(error)")
            throw ExitCode.failure
        }
    }
}
