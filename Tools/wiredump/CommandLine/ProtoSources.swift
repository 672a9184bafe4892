import ArgumentParser
import Foundation

/// Contracts as their sources, which protoc reads.
enum ProtoSources {
    /// Where the program is, by `PATH`.
    private static var compiler: URL? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .map { URL(filePath: String($0)).appending(path: "protoc") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// The bytes of the `FileDescriptorSet` of files and all that they import.
    ///
    /// - Parameter folders: where imports are looked for; with none, in the files' own.
    static func descriptorSet(_ files: [String], folders: [String]) throws -> [UInt8] {
        guard let compiler else {
            throw ValidationError("--proto: protoc is needed and is not on PATH; without it, give --descriptor-set.")
        }
        let folders = folders.isEmpty ? files.map { URL(filePath: $0).deletingLastPathComponent().path } : folders
        let output = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString).pb")
        let complaints = Pipe()
        let process = Process()
        process.executableURL = compiler
        process.arguments =
            folders.map { "--proto_path=\($0)" } + ["--include_imports", "--descriptor_set_out=\(output.path)"]
            // A name that begins like an option is still a file's.
            + files.map { $0.hasPrefix("-") ? "./" + $0 : $0 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = complaints
        try process.run()
        let text = String(decoding: try complaints.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError("--proto: protoc says: \(text.trimmingCharacters(in: .whitespacesAndNewlines))")
        }
        let bytes = Array(try Data(contentsOf: output))
        try FileManager.default.removeItem(at: output)
        return bytes
    }
}
