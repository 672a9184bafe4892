import ChildProcesses
import Contracts
import Foundation
import Testing

@testable import WireDump

@Suite("Changes of contracts")
struct BreakingTests {
    /// The descriptor set of a file's declarations.
    private func set(_ declarations: String, name: String = "a.proto", header: String = "syntax = \"proto3\"; package p;")
        async throws
        -> ContractSet
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "huleedu-breaking-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // What is left is in the system's folder for such things.
            try? FileManager.default.removeItem(at: folder)
        }
        try Data("\(header)\n\(declarations)".utf8).write(to: folder.appending(path: name))
        let output = folder.appending(path: "set").path
        let protoc = try ChildProcess.program(
            "/usr/bin/protoc",
            ["-I\(folder.path)", "--include_imports", "--descriptor_set_out=\(output)", folder.path + "/" + name])
        try #require(await protoc.wait() == 0, "\(protoc.printed)")
        return try ContractSet(descriptorSet: Array(Data(contentsOf: URL(filePath: output))))
    }

    private func rules(from old: String, to new: String) async throws -> [String] {
        ContractComparison.changes(from: try await set(old), to: try await set(new)).map { "\($0.subject) \($0.rule.rawValue)" }
    }

    @Test(
        "what may be",
        arguments: [
            ("message M { int32 a = 1; }", "message M { int32 a = 1; string b = 2; }"),
            ("message M { int32 a = 1; string b = 2; }", #"message M { reserved 2; reserved "b"; int32 a = 1; }"#),
            ("message M { int32 a = 1; }", "message M { optional int32 a = 1; }"),
            ("message M { int32 a = 1; }", "message M { uint32 a = 1; }"),
            ("message M { repeated int32 a = 1; }", "message M { repeated int32 a = 1 [packed = false]; }"),
            ("message M { reserved 5 to 7; }", "message M { reserved 4 to max; }"),
            ("enum E { A = 0; }", "enum E { A = 0; B = 1; }"),
            ("enum E { A = 0; B = 1; }", #"enum E { reserved 1; reserved "B"; A = 0; }"#),
            ("enum E { A = 0; B = 1; }", "enum E { option allow_alias = true; A = 0; B = 1; C = 1; }"),
            (
                "message M {} service S { rpc R(M) returns (M); }",
                "message M {} message N {} service S { rpc R(M) returns (M); rpc Q(N) returns (N); } service T {}"
            ),
        ])
    func harmless(old: String, new: String) async throws {
        #expect(try await rules(from: old, to: new) == [])
    }

    /// Declarations before and after a change, and the rules that it breaks.
    private static let breaks: [(old: String, new: String, expected: [String])] = [
        (
            "message M { int32 a = 1; string b = 2; }", "message M { int32 a = 1; }",
            ["p.M.2 FIELD_NO_DELETE_UNLESS_NAME_RESERVED", "p.M.2 FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED"]
        ),
        (
            "message M { int32 a = 1; string b = 2; }", "message M { reserved 2; int32 a = 1; }",
            ["p.M.2 FIELD_NO_DELETE_UNLESS_NAME_RESERVED"]
        ),
        (
            "message M { int32 a = 1; string b = 2; }", #"message M { reserved "b"; int32 a = 1; }"#,
            ["p.M.2 FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED"]
        ),
        ("message M { int32 a = 1; }", "message M { int32 b = 1; }", ["p.M.1 FIELD_SAME_JSON_NAME", "p.M.1 FIELD_SAME_NAME"]),
        ("message M { int32 a = 1; }", #"message M { int32 a = 1 [json_name = "x"]; }"#, ["p.M.1 FIELD_SAME_JSON_NAME"]),
        (
            "message M { int32 a = 1; }", "message M { sint32 a = 1; }",
            ["p.M.1 FIELD_WIRE_COMPATIBLE_TYPE", "p.M.1 FIELD_WIRE_JSON_COMPATIBLE_TYPE"]
        ),
        ("message M { int32 a = 1; }", "message M { int64 a = 1; }", ["p.M.1 FIELD_WIRE_JSON_COMPATIBLE_TYPE"]),
        ("message M { string a = 1; }", "message M { bytes a = 1; }", ["p.M.1 FIELD_WIRE_JSON_COMPATIBLE_TYPE"]),
        (
            "message M { bytes a = 1; }", "message M { string a = 1; }",
            ["p.M.1 FIELD_WIRE_COMPATIBLE_TYPE", "p.M.1 FIELD_WIRE_JSON_COMPATIBLE_TYPE"]
        ),
        (
            "message N {} message O {} message M { N a = 1; }", "message N {} message O {} message M { O a = 1; }",
            ["p.M.1 FIELD_WIRE_COMPATIBLE_TYPE", "p.M.1 FIELD_WIRE_JSON_COMPATIBLE_TYPE"]
        ),
        (
            "message M { int32 a = 1; }", "message M { repeated int32 a = 1; }",
            ["p.M.1 FIELD_WIRE_COMPATIBLE_CARDINALITY", "p.M.1 FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY"]
        ),
        ("message M { int32 a = 1; }", "message M { oneof o { int32 a = 1; } }", ["p.M.1 FIELD_SAME_ONEOF"]),
        ("message M { reserved 5 to 7; }", "message M { reserved 5 to 6; }", ["p.M RESERVED_MESSAGE_NO_DELETE"]),
        (#"message M { reserved "x"; }"#, "message M {}", ["p.M RESERVED_MESSAGE_NO_DELETE"]),
        (
            "enum E { A = 0; B = 1; }", "enum E { A = 0; }",
            ["p.E.1 ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED", "p.E.1 ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED"]
        ),
        ("enum E { A = 0; B = 1; }", "enum E { A = 0; C = 1; }", ["p.E.1 ENUM_VALUE_SAME_NAME"]),
        ("enum E { reserved 3; A = 0; }", "enum E { A = 0; }", ["p.E RESERVED_ENUM_NO_DELETE"]),
        (#"enum E { reserved "X"; A = 0; }"#, "enum E { A = 0; }", ["p.E RESERVED_ENUM_NO_DELETE"]),
        ("message M {} message N {}", "message M {}", ["p.N PACKAGE_MESSAGE_NO_DELETE"]),
        ("message M {} enum E { A = 0; }", "message M {}", ["p.E PACKAGE_ENUM_NO_DELETE"]),
        ("message M { message N { int32 a = 1; } }", "message M {}", ["p.M.N PACKAGE_MESSAGE_NO_DELETE"]),
        ("message M {} service S {}", "message M {}", ["p.S PACKAGE_SERVICE_NO_DELETE"]),
        (
            "message M {} service S { rpc R(M) returns (M); }", "message M {} service S {}", ["p.S/R RPC_NO_DELETE"]
        ),
        (
            "message M {} message N {} service S { rpc R(M) returns (N); }",
            "message M {} message N {} service S { rpc R(N) returns (M); }",
            ["p.S/R RPC_SAME_REQUEST_TYPE", "p.S/R RPC_SAME_RESPONSE_TYPE"]
        ),
        (
            "message M {} service S { rpc R(M) returns (stream M); }", "message M {} service S { rpc R(stream M) returns (M); }",
            ["p.S/R RPC_SAME_CLIENT_STREAMING", "p.S/R RPC_SAME_SERVER_STREAMING"]
        ),
        (
            "message M {} service S { rpc R(M) returns (M); }",
            "message M {} service S { rpc R(M) returns (M) { option idempotency_level = IDEMPOTENT; } }",
            ["p.S/R RPC_SAME_IDEMPOTENCY_LEVEL"]
        ),
    ]

    @Test("what breaks a rule, and which", arguments: breaks)
    func broken(old: String, new: String, expected: [String]) async throws {
        #expect(try await rules(from: old, to: new) == expected)
    }

    @Test("a map that becomes a list of its entries breaks only the JSON")
    func map() async throws {
        let changes = try await rules(
            from: "message M { map<string, int32> a = 1; }",
            to: "message M { repeated AEntry a = 1; message AEntry { string key = 1; int32 value = 2; } }")
        #expect(changes == ["p.M.1 FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY"])
    }

    @Test("another package or another syntax of a file")
    func files() async throws {
        let old = try await set("message M {}")
        let package = ContractComparison.changes(
            from: old, to: try await set("message M {}", header: "syntax = \"proto3\"; package q;"))
        #expect(package.map(\.rule) == [.fileSamePackage, .packageNoDelete, .packageMessageNoDelete])
        let syntax = ContractComparison.changes(
            from: old, to: try await set("message M {}", header: "syntax = \"proto2\"; package p;"))
        #expect(syntax.map(\.rule) == [.fileSameSyntax])
    }

    @Test("every rule can be broken, and the tests break every one of them")
    func rules() {
        let ofFiles = ["FILE_SAME_PACKAGE", "FILE_SAME_SYNTAX", "PACKAGE_NO_DELETE"]
        let broken = Set(
            Self.breaks.flatMap { $0.expected.compactMap { $0.split(separator: " ").last.map(String.init) } } + ofFiles)
        #expect(broken == Set(BreakingRule.allCases.map(\.rawValue)))
    }

    @Test("what is allowed is allowed, with a reason; a line that allows nothing is a fault, and so is one without a reason")
    func allowed() async throws {
        let changes = ContractComparison.changes(
            from: try await set("message M { int32 a = 1; }"), to: try await set("message M { int32 b = 1; }"))
        let one = try AllowedBreaks("# Remarks\n\nFIELD_SAME_NAME  p.M.1  nobody used it\n").rest(of: changes)
        #expect(one.changes.map(\.rule) == [.fieldSameJSONName] && one.idleLines.isEmpty)
        let idle = try AllowedBreaks("FIELD_SAME_NAME p.M.2 nobody used it").rest(of: changes)
        #expect(idle.changes == changes && idle.idleLines == [1])
        #expect(throws: AllowedBreaks.Fault(line: 2, expectation: "expected a rule, what changed, and a reason")) {
            try AllowedBreaks("\nFIELD_SAME_NAME p.M.1")
        }
        #expect(throws: AllowedBreaks.Fault(line: 1, expectation: "expected a rule, as FIELD_SAME_NAME")) {
            try AllowedBreaks("FIELD_SAME p.M.1 nobody used it")
        }
    }

    @Test("the contracts break nothing of the version that was published, but for what is allowed")
    func baseline() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../proto").standardizedFileURL
        let baseline = try ContractSet(descriptorSet: Array(Data(contentsOf: root.appending(path: "baseline.binpb"))))
        #expect(baseline.services.count >= 8 && baseline.messages.count > 50)
        let current = try ContractSet(descriptorSet: ContractDescriptors.fileDescriptorSet)
        let allowed = try AllowedBreaks(String(contentsOf: root.appending(path: "breaking.allowed"), encoding: .utf8))
        let (broken, idle) = allowed.rest(of: ContractComparison.changes(from: baseline, to: current))
        #expect(broken.map(\.text) == [])
        #expect(idle == [])
    }
}
