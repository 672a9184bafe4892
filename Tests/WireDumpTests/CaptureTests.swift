import ChildProcesses
import Foundation
import Logging
import Testing
import Wire
import WireNIO

@testable import WireDump

@Suite("A capture on loopback", .timeLimit(.minutes(2)))
struct CaptureTests {
    /// Answers with what it was asked.
    private struct Echo: RPCService {
        let name = "a.Service"
        let methods = ["Get"]

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] { payload }
    }

    private static let get = MethodDescriptor(service: "a.Service", method: "Get")
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What capturing takes, which is asked of the system itself.
    private static let isAllowed: Bool = {
        let descriptor = socket(AF_PACKET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }()
    private static let reason = "capturing takes root, or the right CAP_NET_RAW"

    private static func withServer(_ host: String, _ body: (Int) async throws -> Void) async throws {
        var configuration = ServerConfiguration()
        configuration.host = host
        let server = WireServer(services: [Echo()], configuration: configuration, logger: silent)
        let address = try await server.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            try await body(address.port)
            server.beginGracefulShutdown()
            try await group.waitForAll()
        }
    }

    private static func call(_ host: String, _ port: Int, times: Int, bytes: Int = 3) async throws {
        let client = WireClient(host: host, port: port, configuration: ClientConfiguration(), logger: silent)
        let payload = [UInt8](repeating: 7, count: bytes)
        for _ in 0..<times {
            let answer = try await client.call(Self.get, payload: payload, options: CallOptions())
            #expect(answer == payload)
        }
        await client.close()
    }

    private static func capture(_ arguments: String...) async throws -> ChildProcess {
        let capture = try ChildProcess.program("wiredump", ["capture"] + arguments, standardError: .collected)
        try #require(await capture.prints("capturing on"), "\(capture.printed)")
        return capture
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("wiredump: ") }
    }

    private static func withFile(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString)").path
        defer { unlink(path) }
        try await body(path)
    }

    @Test(
        "shows every call once, as it goes, though each packet is there twice", .enabled(if: isAllowed, "\(reason)"),
        arguments: [("127.0.0.1", "lo"), ("::1", "lo"), ("127.0.0.1", "any")])
    func live(host: String, interface: String) async throws {
        try await Self.withServer(host) { port in
            let capture = try await Self.capture("-i", interface, "--port", "\(port)", "--host", host, "--method", "a.Service/*")
            try await Self.call(host, port, times: 1)
            #expect(await capture.prints("a.Service/Get  OK"))
            #expect(capture.isRunning)
            try await Self.call(host, port, times: 20, bytes: 100_000)
            capture.signal(SIGINT)
            #expect(await capture.wait() == 0)
            let lines = Self.lines(capture.printed)
            #expect(lines.count == 21)
            #expect(lines.allSatisfy { $0.contains("a.Service/Get  OK") })
            #expect(lines.last?.contains("->1 100000 B  <-1 100000 B") == true)
            #expect(capture.printed.contains("dropped by the kernel: 0\n"))
        }
    }

    @Test("hides the texts that other views hide", .enabled(if: isAllowed, "\(reason)"))
    func redaction() async throws {
        try await Self.withServer("127.0.0.1") { port in
            for (options, isShown) in [([], false), (["--show-text"], true)] as [([String], Bool)] {
                let capture = try ChildProcess.program(
                    "wiredump", ["capture", "-i", "lo", "--port", "\(port)", "--view", "messages"] + options,
                    standardError: .collected)
                try #require(await capture.prints("capturing on"))
                let client = WireClient(
                    host: "127.0.0.1", port: port, configuration: ClientConfiguration(), logger: Self.silent)
                // Field 1, a text.
                let payload: [UInt8] = [0x0A, 6] + Array("secret".utf8)
                _ = try await client.call(Self.get, payload: payload, options: CallOptions())
                await client.close()
                capture.signal(SIGINT)
                #expect(await capture.wait() == 0)
                #expect(Self.lines(capture.printed).contains { $0.contains("a.Service/Get  OK") })
                #expect(capture.printed.contains("secret") == isShown, "\(capture.printed)")
            }
        }
    }

    @Test("is recorded, and what the recording holds reads as the same calls", .enabled(if: isAllowed, "\(reason)"))
    func recording() async throws {
        try await Self.withFile { path in
            try await Self.withServer("127.0.0.1") { port in
                // What everybody may read is its owner's alone once it is a recording, and nothing of it is left.
                try Data(repeating: 7, count: 1 << 20).write(to: URL(filePath: path))
                try #require(chmod(path, 0o644) == 0)
                let capture = try await Self.capture("-i", "lo", "--port", "\(port)", "--record", path, "--only-record")
                try await Self.call("127.0.0.1", port, times: 3, bytes: 70_000)
                capture.signal(SIGINT)
                #expect(await capture.wait() == 0)
                #expect(Self.lines(capture.printed).isEmpty)
                let read = try ChildProcess.program(
                    "wiredump", ["read", path, "--port", "\(port)", "--method", "a.Service/*"], standardError: .collected)
                #expect(await read.wait() == 0)
                #expect(Self.lines(read.printed).count == 3, "\(read.printed)")
                let packets = try Packets.read([UInt8](Data(contentsOf: URL(filePath: path))), pieceBytes: 1 << 20)
                #expect(capture.printed.contains("packets: \(packets.count), "))
                #expect(Set(packets.map(\.bytes)).count == packets.count)
                #expect(packets.allSatisfy { $0.sentBytes == $0.bytes.count })
                var status = stat()
                #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            }
        }
    }

    @Test("goes through a pipe into any other view", .enabled(if: isAllowed, "\(reason)"))
    func piped() async throws {
        try await Self.withServer("127.0.0.1") { port in
            let program = Programs.path("wiredump")
            let shell = try ChildProcess(
                [
                    "sh", "-c",
                    "'\(program)' capture -i lo --port \(port) --count 12 --record - | '\(program)' read - --port \(port)",
                ],
                standardError: .collected)
            try #require(await shell.prints("capturing on lo"))
            try await Self.call("127.0.0.1", port, times: 12)
            #expect(await shell.prints("a.Service/Get  OK"))
            #expect(await shell.wait() == 0)
        }
    }

    @Test("ends with the packet that was the last asked for, by number and by bytes", .enabled(if: isAllowed, "\(reason)"))
    func limits() async throws {
        try await Self.withFile { path in
            try await Self.withServer("127.0.0.1") { port in
                let counted = try await Self.capture("-i", "lo", "--port", "\(port)", "--count", "7", "--record", path)
                try await Self.call("127.0.0.1", port, times: 10)
                #expect(await counted.wait() == 0)
                #expect(counted.printed.contains("packets: 7, "))
                var sizes = try Packets.read([UInt8](Data(contentsOf: URL(filePath: path))), pieceBytes: 4096).map(\.bytes.count)
                #expect(sizes.count == 7)
                // What five packets have ends with the fifth; a byte more takes the sixth.
                let five = sizes.prefix(5).reduce(0, +)
                for (size, count) in [(five, 5), (five + 1, 6)] {
                    let sized = try await Self.capture("-i", "lo", "--port", "\(port)", "--size", "\(size)", "--record", path)
                    try await Self.call("127.0.0.1", port, times: 10)
                    #expect(await sized.wait() == 0)
                    sizes = try Packets.read([UInt8](Data(contentsOf: URL(filePath: path))), pieceBytes: 4096).map(\.bytes.count)
                    #expect(sizes.reduce(0, +) >= size && sizes.dropLast().reduce(0, +) < size)
                    #expect(sizes.count <= count, "\(sizes)")
                }
            }
        }
    }

    @Test("ends when its time is over", .enabled(if: isAllowed, "\(reason)"))
    func duration() async throws {
        let begin = ContinuousClock.now
        let capture = try await Self.capture("-i", "lo", "--port", "1", "--duration", "0.2")
        #expect(await capture.wait() == 0)
        #expect(ContinuousClock.now - begin >= .milliseconds(200))
        #expect(capture.printed.contains("packets: 0, bytes: 0, dropped by the kernel: 0"))
    }

    @Test("cuts packets where that was asked for, and says what they had", .enabled(if: isAllowed, "\(reason)"))
    func snap() async throws {
        try await Self.withFile { path in
            try await Self.withServer("127.0.0.1") { port in
                let capture = try await Self.capture("-i", "lo", "--port", "\(port)", "--snap-length", "64", "--record", path)
                try await Self.call("127.0.0.1", port, times: 3, bytes: 1000)
                capture.signal(SIGINT)
                #expect(await capture.wait() == 0)
                let packets = try Packets.read([UInt8](Data(contentsOf: URL(filePath: path))), pieceBytes: 4096)
                #expect(packets.map(\.bytes.count).max() == 64)
                #expect(packets.contains { $0.sentBytes > 1000 })
                #expect(packets.compactMap(TCPSegment.init).contains { $0.uncapturedBytes > 900 })
            }
        }
    }

    @Test("that may not be made says which right is missing and how it is given, and leaves an earlier recording alone")
    func forbidden() async throws {
        var arguments = [Programs.path("wiredump"), "capture", "-i", "lo"]
        if Self.isAllowed {
            guard Programs.areInstalled("setpriv") else { try Test.cancel("setpriv is not installed") }
            arguments = ["setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw"] + arguments
        }
        try await Self.withFile { path in
            try Data("earlier".utf8).write(to: URL(filePath: path))
            let capture = try ChildProcess(arguments + ["--record", path], standardError: .collected)
            #expect(await capture.wait() == 1)
            #expect(capture.printed.contains("wiredump: lo: the right CAP_NET_RAW is missing"), "\(capture.printed)")
            #expect(capture.printed.contains("sudo setcap cap_net_raw=ep /"))
            #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == "earlier")
        }
    }

    private static let meaningless: [(options: [String], told: String)] = [
        ([], "--interface"),
        (["-i", "wd-none"], "--interface: there is no 'wd-none'; there are lo"),
        (["-i", "lo", "--duration", "0"], "--duration: expected"),
        (["-i", "lo", "--count", "0"], "--count: expected"),
        (["-i", "lo", "--size", "0"], "--size: expected"),
        (["-i", "lo", "--snap-length", "63"], "--snap-length: expected 64"),
        (["-i", "lo", "--snap-length", "262145"], "--snap-length: expected 64 to 262144"),
        (["-i", "lo", "--only-record"], "--only-record: expected --record"),
        (["-i", "lo", "--host", "no such host"], "--host: 'no such host' has no address"),
        (["-i", "lo"] + repeated("--port", (1...65).map { "\($0)" }), "--port: expected 64 at most"),
        (["-i", "lo"] + repeated("--host", (1...33).map { "127.0.0.\($0)" }), "--host: expected 32 addresses at most"),
    ]

    private static func repeated(_ option: String, _ values: [String]) -> [String] { values.flatMap { [option, $0] } }

    @Test("is refused with options that mean nothing", arguments: meaningless)
    func refused(options: [String], told: String) async throws {
        let capture = try ChildProcess.program("wiredump", ["capture"] + options, standardError: .collected)
        #expect(await capture.wait() == 64)
        #expect(capture.printed.contains(told), "\(capture.printed)")
    }
}
