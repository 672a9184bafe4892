import Contracts
import Foundation
import Testing

@Suite("The embedded descriptor set")
struct DescriptorTests {
    private static let protoc = ["/usr/bin/protoc", "/usr/local/bin/protoc"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let contracts = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "proto")

    @Test("names the services and their methods")
    func services() throws {
        let services = try DescriptorSchema(ContractDescriptors.fileDescriptorSet).services
        #expect(services["huleedu.wire.v1.Health"] == ["Check", "Watch"])
        #expect(services["huleedu.events.v1.EventFeed"] == ["Follow"])
        #expect(services["huleedu.cj.v1.CJAssessment"]?.contains("StartAssessment") == true)
        #expect(services["huleedu.llm.v1.LLMProvider"]?.contains("Submit") == true)
    }

    @Test(
        "is what protoc makes of the contracts",
        .enabled(if: protoc != nil, "protoc is not installed; Tools/setup --tests installs it"))
    func isProtocs() throws {
        let root = Self.contracts.path(percentEncoded: false)
        let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String }.filter { $0.hasSuffix(".proto") }
        let output = FileManager.default.temporaryDirectory.appending(path: "huleedu-descriptors-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }  // Left to the system's own cleaning if need be.
        let process = Process()
        process.executableURL = URL(filePath: Self.protoc ?? "")
        process.arguments =
            ["-I", root, "--include_imports", "-o", output.path(percentEncoded: false)] + (files ?? []).sorted()
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        #expect([UInt8](try Data(contentsOf: output)) == ContractDescriptors.fileDescriptorSet)
    }
}
