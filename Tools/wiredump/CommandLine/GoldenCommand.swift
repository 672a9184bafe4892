import ArgumentParser
import Foundation
import WireDump

/// `wiredump golden`
struct GoldenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "golden",
        abstract: "Write golden fixtures of contracts: what every message and every call look like.",
        discussion: """
            For each message a file of lines of JSON below FOLDER/messages: values, the bytes that they are, other bytes that mean the same, and \
            bytes that are refused. For each service one below FOLDER/calls, which 'replay' and 'mock' take, and one below FOLDER/transcripts with \
            the same calls as frames. proto/golden/README.md tells the lines. They are the same each time. Examples:

              wiredump golden proto/golden
              wiredump golden golden --proto portal.proto

            It ends with 0 when all is written, with 1 when it is not, and with 64 for wrong options.
            """)

    @Argument(help: ArgumentHelp("Where to write.", valueName: "folder"), completion: .directory)
    var folder: String

    @OptionGroup
    var contracts: ContractOptions

    func run() throws {
        for (path, lines) in try GoldenFiles(schema: try contracts.schema).lines {
            let file = URL(filePath: folder).appending(path: path)
            do {
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
            } catch {
                Output.complain("\(file.path(percentEncoded: false)) cannot be written: \(error.localizedDescription)")
                throw ExitCode.failure
            }
        }
    }
}
