import ChildProcesses
import Foundation
import Fuzzing
import Testing
import Wire

@testable import WireDump

/// What comes over an interface of its own, made by hand.
@Suite(
    "An interface that is captured on", .timeLimit(.minutes(2)),
    .enabled(if: InterfacePair.isAvailable, "\(InterfacePair.reason)"))
struct InterfaceTests {
    /// Runs a body while the far end is captured on.
    private static func capturing(
        _ arguments: String..., body: (InterfacePair, ChildProcess) async throws -> Void
    ) async throws {
        let pair = try #require(InterfacePair.make())
        let capture = try ChildProcess.program("wiredump", ["capture", "-i", pair.far] + arguments, standardError: .collected)
        try #require(await capture.prints("capturing on \(pair.far)"), "\(capture.printed)")
        do {
            try await body(pair, capture)
        } catch {
            capture.signal(SIGKILL)
            throw error
        }
        capture.signal(SIGKILL)
        _ = await capture.wait()
    }

    private static func call(
        _ name: String, payload: [UInt8] = [], client: Endpoint = Packets.client, server: Endpoint = Packets.server
    ) -> [CapturedPacket] {
        var traffic = Conversation(client: client, server: server)
        traffic.request(1, MethodDescriptor(service: "a.Service", method: name), payload)
        traffic.respond(1, .success([]))
        return traffic.packets
    }

    @Test("shows calls of IPv4 and of IPv6, with the tags of virtual networks and without them")
    func links() async throws {
        try await Self.capturing("--port", "7100") { pair, capture in
            try pair.send(Self.call("Plain"))
            #expect(await capture.prints("a.Service/Plain  OK"))
            let client = Endpoint(address: [UInt8](repeating: 0, count: 15) + [1], port: 40_001)
            let server = Endpoint(address: [UInt8](repeating: 0, count: 15) + [2], port: 7100)
            try pair.send(Self.call("Long", client: client, server: server))
            #expect(await capture.prints("a.Service/Long  OK"))
            try pair.send(
                Self.call("Tagged", client: Endpoint(address: [10, 0, 0, 3], port: 40_002)), tags: [0x81, 0, 0, 7])
            #expect(await capture.prints("a.Service/Tagged  OK"))
            capture.signal(SIGINT)
            #expect(await capture.wait() == 0)
            // Each conversation begins with two packets, and has one each way.
            #expect(capture.printed.contains("packets: 12, "))
            #expect(capture.printed.contains("dropped by the kernel: 0"))
        }
    }

    @Test("has nothing copied of what was not asked for")
    func filtered() async throws {
        try await Self.capturing("--port", "7100", "--host", "10.0.0.1") { pair, capture in
            try pair.send(Self.call("OtherHost", client: Endpoint(address: [10, 0, 0, 9], port: 40_000)))
            try pair.send(Self.call("OtherPort", server: Endpoint(address: [10, 0, 0, 2], port: 7101)))
            try pair.send(Self.call("Asked"))
            #expect(await capture.prints("a.Service/Asked  OK"))
            capture.signal(SIGTERM)
            #expect(await capture.wait() == 0)
            #expect(capture.printed.contains("packets: 4, "))
            #expect(!capture.printed.contains("Other"))
        }
    }

    @Test("may carry whatever it likes: frames cut short and made up do no harm, and calls are shown behind them")
    func hostile() async throws {
        try await Self.capturing { pair, capture in
            let call = Self.call("Whole")
            var generator = SeededGenerator(seed: 1)
            for packet in call {
                let frame = [UInt8](repeating: 0xFF, count: 12) + [0x08, 0x00] + packet.bytes
                for count in 15..<frame.count { try pair.send(Array(frame.prefix(count))) }
            }
            for _ in 0..<2000 {
                let isShort = Bool.random(using: &generator)
                var packet = (0..<Int.random(in: 24...80, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                // What the filter asks of a packet: its version, that it is TCP, and that it is no fragment.
                packet[0] = (isShort ? 0x40 : 0x60) | packet[0] & 0x0F
                packet[isShort ? 9 : 6] = 6
                if isShort { packet.replaceSubrange(6..<8, with: [0, 0]) }
                try pair.send([UInt8](repeating: 0xFF, count: 12) + (isShort ? [0x08, 0x00] : [0x86, 0xDD]) + packet)
            }
            try pair.send(Self.call("Behind", client: Endpoint(address: [10, 0, 0, 4], port: 40_004)))
            #expect(await capture.prints("a.Service/Behind  OK"))
            capture.signal(SIGINT)
            #expect(await capture.wait() == 0)
            // All that were made up have come, and the call behind them.
            let told = try #require(capture.printed.split(separator: "\n").last { $0.contains("packets: ") })
            let packets = try #require(told.split { !$0.isWholeNumber }.first.flatMap { Int($0) })
            #expect(packets >= 2004)
        }
    }

    @Test("that goes down ends it, with what was found before; one that is down does not begin")
    func down() async throws {
        try await Self.capturing("--port", "7100") { pair, capture in
            try pair.send(Self.call("Before"))
            InterfacePair.ip("link", "set", pair.far, "down")
            #expect(await capture.wait() == 1)
            #expect(capture.printed.contains("a.Service/Before  OK"))
            #expect(capture.printed.contains("wiredump: \(pair.far): the interface is down"))
            let again = try ChildProcess.program("wiredump", ["capture", "-i", pair.far], standardError: .collected)
            #expect(await again.wait() == 1)
            #expect(again.printed.contains("wiredump: \(pair.far): the interface is down"))
        }
    }

    @Test("that is taken away ends it")
    func removed() async throws {
        try await Self.capturing { pair, capture in
            InterfacePair.ip("link", "del", pair.near)
            #expect(await capture.wait() == 1)
            #expect(capture.printed.contains("wiredump: \(pair.far): the interface is down"))
        }
    }

    @Test("that carries more than has room while nobody reads has what was dropped counted, and calls found behind the gap")
    func dropped() async throws {
        try await Self.capturing("--port", "7100") { pair, capture in
            capture.signal(SIGSTOP)
            var traffic = Conversation()
            let large = [UInt8](repeating: 7, count: 1300)
            try pair.send(traffic.packets)
            // More than the 32 MiB that wait in the kernel.
            for number in 0..<30_000 {
                let sent = traffic.packets.count
                traffic.request(UInt32(number) * 2 + 1, MethodDescriptor(service: "a.Service", method: "Many"), large)
                try pair.send(traffic.packets[sent...])
            }
            capture.signal(SIGCONT)
            let begun = traffic.packets.count
            traffic.request(70_001, MethodDescriptor(service: "a.Service", method: "Late"), [])
            traffic.respond(70_001, .success([]))
            var sent = begun
            // Sent again until there is room again.
            while !capture.printed.contains("a.Service/Late  OK") {
                try pair.send(traffic.packets[begun...])
                sent += traffic.packets.count - begun
                try await Task.sleep(for: .milliseconds(20))
            }
            capture.signal(SIGINT)
            #expect(await capture.wait() == 0)
            let counts = try #require(capture.printed.split(separator: "\n").last { $0.contains("dropped by the kernel: ") })
                .split { !$0.isWholeNumber }.compactMap { Int($0) }
            try #require(counts.count == 3)
            #expect(counts[2] > 1000)
            #expect(counts[0] + counts[2] == sent)
        }
    }

    @Test("that carries little loses none of it while nobody reads what is told")
    func heldUp() async throws {
        let pair = try #require(InterfacePair.make())
        let pipe = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString)").path
        try #require(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        // It takes the 64 KiB of a pipe, which sixty calls fill, and nobody reads it.
        let held = open(pipe, O_RDWR | O_CLOEXEC)
        try #require(held >= 0)
        let capture = try ChildProcess(
            ["sh", "-c", "exec '\(Programs.path("wiredump"))' capture -i \(pair.far) --port 7100 --record - >'\(pipe)'"],
            standardError: .collected)
        defer { capture.signal(SIGKILL) }
        try #require(await capture.prints("capturing on \(pair.far)"), "\(capture.printed)")
        var traffic = Conversation()
        let large = [UInt8](repeating: 7, count: 1000)
        var sent = 0
        for number in 0..<500 as Range<UInt32> {
            traffic.request(number * 2 + 1, MethodDescriptor(service: "a.Service", method: "Slow"), large)
            traffic.respond(number * 2 + 1, .success([]))
            try pair.send(traffic.packets[sent...])
            sent = traffic.packets.count
            // A trickle, for as long as the reader pauses: many blocks with little in each.
            try await Task.sleep(for: .milliseconds(5))
        }
        let read = try ChildProcess.program("wiredump", ["read", pipe, "--port", "7100"])
        #expect(await read.prints("a.Service/Slow  OK"))
        close(held)
        capture.signal(SIGINT)
        #expect(await capture.wait() == 0)
        #expect(capture.printed.contains("packets: \(sent), "), "\(capture.printed)")
        #expect(capture.printed.contains("dropped by the kernel: 0\n"))
        #expect(await read.wait() == 0)
        #expect(read.printed.split(separator: "\n").filter { $0.contains("a.Service/Slow  OK") }.count == 500)
    }

    @Test("that carries more than can be read is left when that is asked for")
    func flooded() async throws {
        try await Self.capturing("--port", "7100") { pair, capture in
            var traffic = Conversation()
            for stream in 0..<1000 as Range<UInt32> {
                traffic.request(stream * 2 + 1, MethodDescriptor(service: "a.Service", method: "Many"), [1, 2, 3])
                traffic.respond(stream * 2 + 1, .success([]))
            }
            let packets = traffic.packets
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { while capture.isRunning { try pair.send(packets) } }
                #expect(await capture.prints("a.Service/Many  OK"))
                capture.signal(SIGINT)
                #expect(await capture.wait() == 0)
                try await group.waitForAll()
            }
        }
    }
}
