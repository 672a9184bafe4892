import ChildProcesses
import Contracts
import Foundation
import Logging
import SampleContracts
import Testing
import Wire
import WireNIO

@testable import WireDump

@Suite("The program wiredump", .timeLimit(.minutes(2)))
struct ProgramTests {
    /// Three messages, then the end.
    private struct Feed: EventsV1.EventFeedService {
        func follow(
            _ request: EventsV1.FollowRequest, to responses: MessageSender<EventsV1.FollowResponse>, context: ServerContext
        ) async throws {
            for _ in 0..<3 { try await responses.send(EventsV1.FollowResponse(partitions: 1)) }
        }
    }

    /// Knows one request and no other.
    private struct Provider: RPCService {
        let name = "huleedu.llm.v1.LLMProvider"
        let methods = ["Get"]

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            let request = try LLMV1.GetRequest(decoding: payload)
            guard request.requestID == "known" else { throw RPCError(.notFound, "no such request") }
            let reply = LLMV1.Reply(json: [UInt8](repeating: UInt8(ascii: "x"), count: 200_000))
            return try LLMV1.GetResponse(result: LLMV1.Result(requestID: "known", outcome: .reply(reply))).encoded()
        }
    }

    /// Tells what the services here are, and those of the samples.
    private struct Reflection: WireV1.ReflectionService {
        func listServices(_ request: WireV1.ListServicesRequest, context: ServerContext) -> WireV1.ListServicesResponse {
            WireV1.ListServicesResponse(services: ["huleedu.llm.v1.LLMProvider", "huleedu.sample.v1.Samples"])
        }

        func getContracts(_ request: WireV1.GetContractsRequest, context: ServerContext) -> WireV1.GetContractsResponse {
            let own = Contracts.ContractDescriptors.fileDescriptorSet
            return WireV1.GetContractsResponse(
                descriptorSet: own + SampleContracts.ContractDescriptors.fileDescriptorSet)
        }
    }

    /// Puts the texts of what it gets together.
    private struct Samples: RPCService {
        let name = "huleedu.sample.v1.Samples"
        let methods: [String] = []
        let streams: [String: StreamKind] = ["Collect": .clientStreaming, "Discuss": .bidirectional]

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            throw RPCError(.unimplemented, "no \(method)")
        }

        func serve(
            method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
        ) async throws {
            var texts = context.metadata["greeting"] ?? ""
            for try await request in requests {
                texts += try SampleV1.Sample(decoding: request).text
                if method == "Discuss" { try await responses.send(SampleV1.Sample(text: texts).encoded()) }
            }
            if method == "Collect" { try await responses.send(SampleV1.Sample(text: texts).encoded()) }
        }
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func withServer(reflects: Bool = true, _ body: (Int) async throws -> Void) async throws {
        var services: [any RPCService] = [Provider(), EventsV1.EventFeedServer(Feed()), Samples()]
        if reflects { services.append(WireV1.ReflectionServer(Reflection())) }
        let server = WireServer(services: services, configuration: ServerConfiguration(), logger: silent)
        let address = try await server.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            try await body(address.port)
            server.beginGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// Makes the calls that the server above is there for.
    private static func callEverything(port: Int) async throws {
        let client = WireClient(host: "127.0.0.1", port: port, configuration: ClientConfiguration(), logger: silent)
        let provider = LLMV1.LLMProviderClient(client)
        for _ in 0..<3 { _ = try await provider.get(LLMV1.GetRequest(requestID: "known")) }
        await #expect(throws: RPCError.self) { try await provider.get(LLMV1.GetRequest(requestID: "other")) }
        var count = 0
        for try await _ in try await EventsV1.EventFeedClient(client).follow(EventsV1.FollowRequest(limit: 1)) { count += 1 }
        #expect(count == 3)
        await client.close()
    }

    private static func withFile(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString)").path
        do {
            try await body(path)
        } catch {
            // What the test throws says more.
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        try FileManager.default.removeItem(atPath: path)
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("wiredump: ") }
    }

    @Test(
        "what was recorded is answered again by a mock, and a replay finds no difference; where an answer is another, it is told")
    func fixtures() async throws {
        try await Self.withFile { recording in
            try await Self.withServer { server in
                let proxy = try ChildProcess.program(
                    "wiredump", ["proxy", "--to", "127.0.0.1:\(server)", "--record", recording], standardError: .collected)
                let greeting = try #require(await proxy.firstLine())
                try await Self.callEverything(port: try #require(greeting.split(separator: ":").last.flatMap { Int($0) }))
                #expect(await proxy.prints("huleedu.events.v1.EventFeed/Follow  OK"))
                proxy.signal(SIGTERM)
                #expect(await proxy.wait() == 0)
            }
            let hidden = try ChildProcess.program(
                "wiredump", ["read", recording, "--view", "fixtures"], standardError: .collected)
            #expect(await hidden.wait() == 64 && hidden.printed.contains("--show-text"))
            let read = try ChildProcess.program("wiredump", ["read", recording, "--view", "fixtures", "--show-text"])
            #expect(await read.wait() == 0)
            #expect(Self.lines(read.printed).count == 5)
            try await Self.withFile { file in
                try Data(read.printed.utf8).write(to: URL(filePath: file))
                let mock = try ChildProcess.program("wiredump", ["mock", file], standardError: .collected)
                let place = try #require(await mock.firstLine()?.split(separator: " ").last.map(String.init))
                let replay = try ChildProcess.program("wiredump", ["replay", place, file])
                #expect(await replay.wait() == 0, "\(replay.printed)")
                #expect(Self.lines(replay.printed).count { $0.hasPrefix("ok ") } == 5)
                // The same calls, but that one should be answered otherwise.
                let other = read.printed.replacing(#""status":"NOT_FOUND""#, with: #""status":"ABORTED""#)
                try Data(other.utf8).write(to: URL(filePath: file))
                let differing = try ChildProcess.program("wiredump", ["replay", place, file], standardError: .collected)
                #expect(await differing.wait() == 3)
                #expect(differing.printed.contains("# status: expected ABORTED, got NOT_FOUND \"as it was recorded\""))
                try Data("{}".utf8).write(to: URL(filePath: file))
                let wrong = try ChildProcess.program("wiredump", ["replay", place, file], standardError: .collected)
                #expect(await wrong.wait() == 1 && wrong.printed.contains(":1: method: expected SERVICE/METHOD"))
                mock.signal(SIGTERM)
                #expect(await mock.wait() == 0)
            }
        }
    }

    @Test("stands between a client and a server, shows their calls as they end, and records what it reads again as the same")
    func proxy() async throws {
        try await Self.withFile { path in
            try await Self.withServer { server in
                let proxy = try ChildProcess.program(
                    "wiredump", ["proxy", "--to", "127.0.0.1:\(server)", "--record", path], standardError: .collected)
                let greeting = try #require(await proxy.firstLine())
                let port = try #require(greeting.split(separator: ":").last.flatMap { Int($0) })
                try await Self.callEverything(port: port)
                #expect(await proxy.prints("huleedu.events.v1.EventFeed/Follow  OK"))
                proxy.signal(SIGTERM)
                #expect(await proxy.wait() == 0)
                let shown = Self.lines(proxy.printed)
                // The client has said Hello first.
                #expect(shown.count == 6 && shown.count { $0.contains("Control/Hello  OK") } == 1)
                #expect(shown.count { $0.contains("LLMProvider/Get  OK") } == 3)
                #expect(shown.count { $0.contains("LLMProvider/Get  NOT_FOUND") && $0.hasSuffix("\"no such request\"") } == 1)
                let read = try ChildProcess.program("wiredump", ["read", path, "--port", "\(server)"], standardError: .collected)
                #expect(await read.wait() == 0)
                #expect(Self.lines(read.printed) == shown)
                let messages = try ChildProcess.program("wiredump", ["read", path, "--follow", "1/3"], standardError: .collected)
                #expect(await messages.wait() == 0)
                #expect(messages.printed.contains(#"-> +0 ns  {"request_id":"known"}"#))
                let lint = try ChildProcess.program("wiredump", ["lint", path, "--port", "\(server)"])
                #expect(await lint.wait() == 0 && lint.printed.isEmpty, "\(lint.printed)")
                #expect(messages.printed.contains("\"json\":\"hidden: 200000 bytes") && Self.lines(messages.printed).count == 3)
            }
        }
    }

    @Test("shows what a capture holds that ends inside a packet, and says that it does")
    func truncated() async throws {
        var traffic = Conversation()
        let method = MethodDescriptor(service: "a.Service", method: "Do")
        traffic.request(1, method, [])
        traffic.respond(1, .success([]))
        traffic.request(3, method, [])
        let file = PcapngWriter.header(link: SegmentWriter.link) + traffic.packets.flatMap(PcapngWriter.packet)
        try await Self.withFile { path in
            try Data(file.dropLast()).write(to: URL(filePath: path))
            let read = try ChildProcess.program("wiredump", ["read", path], standardError: .collected)
            #expect(await read.wait() == 1)
            #expect(read.printed.contains("#1/1  a.Service/Do  OK") && read.printed.contains("the capture ends inside a packet"))
            #expect(Self.lines(read.printed).count == 1)
            for (choice, text) in [
                ("auto", "a.Service/Do  OK"), ("always", "\u{1B}[1ma.Service/Do\u{1B}[0m  \u{1B}[32mOK\u{1B}[0m  "),
            ] {
                let read = try ChildProcess.program("wiredump", ["read", path, "--colour", choice])
                #expect(await read.wait() == 1)
                #expect(read.printed.contains(text) && read.printed.contains("\u{1B}") == (choice == "always"))
            }
        }
    }

    @Test("tells what is wrong in a capture, and by its code whether anything is")
    func lint() async throws {
        var traffic = Conversation()
        let method = MethodDescriptor(service: "huleedu.llm.v1.LLMProvider", method: "Get")
        traffic.request(1, method, [])
        traffic.respond(1, .success([]))
        traffic.respond(1, .success([]))
        let file = PcapngWriter.header(link: SegmentWriter.link) + traffic.packets.flatMap(PcapngWriter.packet)
        try await Self.withFile { path in
            try Data(file).write(to: URL(filePath: path))
            for (arguments, code, text) in [
                ([path], 3, "#1/1  <-  error WD015  frame after the end of a call: OK\n"),
                ([path], 3, "wiredump: errors: 1, warnings: 0\n"),
                ([path, "--format", "json", "--port", "7100"], 3, #""rule":"WD015","severity":"error""#),
                ([path, "--allow", "wd015"], 0, ""), ([path, "--port", "7101"], 0, ""),
                (["--rules"], 0, "WD007  warning  stream taken again\n"), (["/dev/null"], 1, "wiredump: /dev/null: "),
            ] as [([String], Int32, String)] {
                let program = try ChildProcess.program("wiredump", ["lint"] + arguments, standardError: .collected)
                #expect(await program.wait() == code)
                #expect(text.isEmpty ? program.printed.isEmpty : program.printed.contains(text), "\(program.printed)")
            }
        }
    }

    @Test("takes contracts from their sources, and says what is wrong with them")
    func sources() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "inner"), withIntermediateDirectories: true)
        let main = folder.appending(path: "main.proto").path
        try Data(#"syntax = "proto3"; import "inner/other.proto"; message A { B b = 1; }"#.utf8).write(to: URL(filePath: main))
        let other = folder.appending(path: "inner/other.proto").path
        try Data(#"syntax = "proto3"; message B { string c = 1; }"#.utf8).write(to: URL(filePath: other))
        let noProgram: [String: String?] = ["PATH": "/nowhere"]
        for (arguments, environment, code, text) in [
            (["B", "--proto", main], [:], 0, "message B {\n  string c = 1;\n}\n"),
            (["A", "--proto", "main.proto", "--proto-path", folder.path], [:], 0, "  B b = 1;\n"),
            (["A", "--proto", main, "--proto-path", "/nowhere"], [:], 64, "--proto: protoc says: "),
            (["A", "--proto", "/nowhere/a.proto"], [:], 64, "--proto: protoc says: "),
            (["A", "--proto", main], noProgram, 64, "--proto: protoc is needed and is not on PATH"),
            (["A", "--proto", main, "--descriptor-set", "/dev/null"], [:], 64, "--proto and --descriptor-set are two sources"),
            (["A", "--proto", main, "--server", "127.0.0.1:1"], [:], 64, "--server and files are two sources of the same"),
            (["A", "--proto-path", "/"], [:], 64, "--proto-path: expected --proto with it"),
        ] as [([String], [String: String?], Int32, String)] {
            let program = try ChildProcess.program("wiredump", ["describe"] + arguments, environment: environment)
            #expect(await program.wait() == code)
            #expect(program.printed.contains(text), "\(program.printed)")
        }
        try FileManager.default.removeItem(at: folder)
    }

    @Test("has colours on a terminal, and none where NO_COLOR says so")
    func colours() async throws {
        var traffic = Conversation()
        traffic.request(1, MethodDescriptor(service: "a.Service", method: "Do"), [])
        let file = PcapngWriter.header(link: SegmentWriter.link) + traffic.packets.flatMap(PcapngWriter.packet)
        try await Self.withFile { path in
            try Data(file).write(to: URL(filePath: path))
            for (no, text) in [(nil, "\u{1B}[33munanswered\u{1B}[0m"), ("1", "a.Service/Do  unanswered")] as [(String?, String)] {
                let read = try ChildProcess.program(
                    "wiredump", ["read", path], environment: ["NO_COLOR": no, "TERM": "xterm"], standardError: .terminal)
                #expect(await read.wait() == 0)
                #expect(read.printed.contains(text))
            }
        }
    }

    @Test("lists and describes the contracts")
    func contracts() async throws {
        for (arguments, text) in [
            (["list"], "huleedu.cj.v1.CJAssessment\n"),
            (["list", "huleedu.events.v1.EventFeed"], "huleedu.events.v1.EventFeed/Follow\n"),
            (
                ["describe", "huleedu.events.v1.EventFeed/Follow"],
                "rpc Follow(huleedu.events.v1.FollowRequest) returns (stream huleedu.events.v1.FollowResponse);\n"
            ),
            (["describe", "huleedu.llm.v1.PromptTarget"], "  PROMPT_TARGET_USER = 2;\n"),
            (["describe", "huleedu.cj.v1.UploadEssaysRequest"], "  repeated huleedu.cj.v1.Essay essays = 2;\n"),
        ] {
            let program = try ChildProcess.program("wiredump", arguments)
            #expect(await program.wait() == 0)
            #expect(program.printed.contains(text))
        }
    }

    @Test("calls methods of every kind, and tells how they ended")
    func call() async throws {
        try await Self.withServer { port in
            for (arguments, code, text) in [
                (
                    ["huleedu.llm.v1.LLMProvider/Get", "-d", #"{"requestId": "known"}"#], 0,
                    #"{"result":{"request_id":"known","reply":{"json":"hidden: 200000 bytes"#
                ),
                (["huleedu.llm.v1.LLMProvider/Get"], 2, #"wiredump: NOT_FOUND "no such request""#),
                (["huleedu.events.v1.EventFeed/Follow"], 0, String(repeating: #"{"partitions":1}"# + "\n", count: 3)),
                (
                    [
                        "huleedu.sample.v1.Samples/Collect", "-d", "{\"text\": \"a\"}\n\n{\"text\": \"b\"}\n", "-m",
                        "greeting=hello ",
                        "--show", "text",
                    ], 0, #"{"text":"hello ab"}"#
                ),
                (
                    ["huleedu.sample.v1.Samples/Discuss", "-d", "{\"text\": \"a\"}\n{\"text\": \"b\"}", "--show-text"], 0,
                    #"{"text":"a"}"# + "\n" + #"{"text":"ab"}"# + "\n"
                ),
                (["huleedu.sample.v1.Samples/Get"], 2, "wiredump: UNIMPLEMENTED"),
                (["huleedu.sample.v1.Samples/Put"], 64, "The contracts have no method 'huleedu.sample.v1.Samples/Put'."),
                (
                    ["huleedu.sample.v1.Samples/Collect", "-d", "{}\n{\"txt\": 1}"], 64,
                    "--data: line 2: txt: huleedu.sample.v1.Sample has no such field"
                ),
            ] as [([String], Int32, String)] {
                let program = try ChildProcess.program(
                    "wiredump", ["call", "127.0.0.1:\(port)"] + arguments, standardError: .collected)
                #expect(await program.wait() == code)
                #expect(program.printed.contains(text), "\(arguments): \(program.printed)")
            }
        }
    }

    @Test("makes calls over and over, and tells how many went well and how fast")
    func bench() async throws {
        try await Self.withServer { port in
            for (arguments, code, figures) in [
                (
                    [
                        "huleedu.llm.v1.LLMProvider/Get", "-d", #"{"requestId": "known"}"#, "--connections", "2", "--in-flight",
                        "3", "--calls", "100", "--json",
                    ], 0, [#"{"calls":100,"#, #""answers":100,"answer_bytes":2\d{7},"#, #""p50":[1-9]"#, #""failures":{}}"#]
                ),
                (
                    ["huleedu.events.v1.EventFeed/Follow", "--calls", "10", "--rate", "100"], 0,
                    ["^10 calls in ", "30 answers of 60 bytes", "p50 .* p90 .* p99 .* p99.9 .* longest "]
                ),
                (["huleedu.llm.v1.LLMProvider/Get"], 2, [#"wiredump: NOT_FOUND "no such request""#]),
            ] as [([String], Int32, [String])] {
                let program = try ChildProcess.program(
                    "wiredump", ["bench", "127.0.0.1:\(port)"] + arguments, standardError: .collected)
                #expect(await program.wait() == code)
                for figure in figures {
                    #expect(try Regex(figure).firstMatch(in: program.printed) != nil, "\(figure): \(program.printed)")
                }
            }
        }
    }

    @Test("asks a server for its services and contracts, and says so where it does not tell them")
    func reflection() async throws {
        try await Self.withServer { port in
            for (arguments, text) in [
                (["list"], "huleedu.llm.v1.LLMProvider\nhuleedu.sample.v1.Samples\n"),
                (["list", "huleedu.sample.v1.Samples"], "huleedu.sample.v1.Samples/Discuss\n"),
                (["describe", "huleedu.sample.v1.Colour"], "  COLOUR_RED = 1;\n"),
            ] {
                let program = try ChildProcess.program("wiredump", arguments + ["--server", "127.0.0.1:\(port)"])
                #expect(await program.wait() == 0)
                #expect(program.printed.contains(text))
            }
        }
        try await Self.withServer(reflects: false) { port in
            let method = "huleedu.llm.v1.LLMProvider/Get"
            let asking = try ChildProcess.program("wiredump", ["call", "127.0.0.1:\(port)", method], standardError: .collected)
            #expect(await asking.wait() == 1)
            #expect(asking.printed.contains("the server does not tell its contracts: give them with --descriptor-set"))
            try await Self.withFile { path in
                try Data(Contracts.ContractDescriptors.fileDescriptorSet).write(to: URL(filePath: path))
                let program = try ChildProcess.program(
                    "wiredump", ["call", "127.0.0.1:\(port)", method, "--descriptor-set", path], standardError: .collected)
                #expect(await program.wait() == 2)
            }
        }
    }

    @Test(
        "refuses what it cannot do",
        arguments: [
            ["read"], ["read", "/nowhere/there.pcap"], ["read", "-", "--status", "FINE"], ["read", "-", "--follow", "1"],
            ["read", "-", "--peer", "a:b"], ["read", "-", "--longer-than", "-1"], ["read", "-", "--view", "frames", "--faults"],
            ["proxy", "--to", "127.0.0.1:0"], ["proxy", "--to", "127.0.0.1:1", "--listen", "here"],
            ["proxy", "--to", "127.0.0.1:1", "--record", "/nowhere/there.pcapng"], ["list", "a.Service"],
            ["describe", "a.Message"],
            ["list", "--descriptor-set", "/dev/null"], ["list", "--server", "here"], ["call", "here", "a.Service/Do"],
            ["call", "127.0.0.1:1", "a.Service"], ["call", "127.0.0.1:1", "a.Service/Do", "--timeout", "0"],
            ["call", "127.0.0.1:1", "a.Service/Do", "-m", "novalue"], ["lint"], ["lint", "-", "--allow", "WD099"],
            ["read", "-", "--metadata", "tenant"], ["read", "-", "--colour", "red"], ["read", "-", "--where", "essays.ids=a"],
            ["read", "-", "--where", "essays"],
        ])
    func refusals(arguments: [String]) async throws {
        let program = try ChildProcess.program("wiredump", arguments)
        #expect(await program.wait() == 64)
    }
}
