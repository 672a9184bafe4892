import ChildProcesses
import Foundation
import Logging
import Testing
import Wire
import WireNIO

@testable import WireDump

@Suite("Which methods are called just now", .timeLimit(.minutes(1)))
struct TopTests {
    private static let second: UInt64 = 1_000_000_000
    private static let fast = MethodDescriptor(service: "a.Service", method: "Fast")
    private static let slow = MethodDescriptor(service: "a.Service", method: "Slow")

    private static func call(
        _ method: MethodDescriptor, stream: UInt32, taking nanoseconds: UInt64 = 1000, code: StatusCode = .ok
    ) -> TrafficReader.Event {
        let peers = Call.Peers(connection: 1, client: Packets.client, server: Packets.server)
        var call = Call(id: Call.ID(connection: 1, stream: StreamID(rawValue: stream)), peers: peers, begin: 0, end: nanoseconds)
        call.method = method
        call.sent = Call.Amount(messages: 1, bytes: 500)
        call.received = Call.Amount(messages: 1, bytes: 20_000)
        call.outcome = .answered(code, message: "")
        return .call(.ended(call), connection: 1, nanoseconds: 0)
    }

    /// What is asked and changed at once.
    private final class Figures {
        private var figures: IntervalFigures

        init(seconds: Double) {
            figures = IntervalFigures(seconds: seconds)
        }

        func receive(_ event: TrafficReader.Event) { figures.receive(event) }
        func advance(to time: UInt64, running: Int = 0) -> IntervalFigures.Snapshot? {
            figures.advance(to: time, running: running)
        }
        func finish(at time: UInt64) -> IntervalFigures.Snapshot? { figures.finish(at: time) }
    }

    // MARK: - Intervals

    @Test("an interval has what came from its beginning until its end, and what comes at its end is the next one's")
    func borders() throws {
        let figures = Figures(seconds: 1)
        #expect(figures.advance(to: 10 * Self.second) == nil)
        figures.receive(Self.call(Self.fast, stream: 1))
        #expect(figures.advance(to: 11 * Self.second - 1) == nil)
        figures.receive(Self.call(Self.fast, stream: 3))
        let first = try #require(figures.advance(to: 11 * Self.second))
        #expect(first.end == 11 * Self.second && first.seconds == 1)
        #expect(first.rows.map(\.calls) == [2])
        figures.receive(Self.call(Self.slow, stream: 5))
        let second = try #require(figures.advance(to: 12 * Self.second))
        #expect(second.rows.map(\.method) == ["a.Service/Slow"])
        #expect(second.totals.map(\.calls) == [2, 1])
    }

    @Test("of intervals in which nothing happens one is told, and the next ends where it would have ended")
    func silence() throws {
        let figures = Figures(seconds: 1)
        #expect(figures.advance(to: 0) == nil)
        figures.receive(Self.call(Self.fast, stream: 1))
        let first = try #require(figures.advance(to: 3_700_000_000))
        #expect(first.end == Self.second && first.rows.count == 1)
        #expect(figures.advance(to: 3_999_999_999) == nil)
        let next = try #require(figures.advance(to: 4_000_000_000))
        #expect(next.end == 4 * Self.second && next.rows.isEmpty && next.totals.map(\.calls) == [1])
        // A packet that comes late is taken where it comes.
        #expect(figures.advance(to: 1) == nil)
    }

    @Test("tells how many calls run at the end of an interval, and that none does when nothing more comes")
    func running() throws {
        let figures = Figures(seconds: 1)
        #expect(figures.advance(to: 0, running: 3) == nil)
        #expect(try #require(figures.advance(to: Self.second, running: 2)).running == 2)
        figures.receive(Self.call(Self.fast, stream: 1))
        #expect(try #require(figures.finish(at: 2 * Self.second)).running == 0)
    }

    @Test("at the end the interval that was not over is told, if there was anything in it")
    func end() throws {
        let figures = Figures(seconds: 10)
        #expect(figures.finish(at: 5) == nil)
        #expect(figures.advance(to: Self.second) == nil)
        #expect(figures.finish(at: 2 * Self.second) == nil)
        figures.receive(Self.call(Self.fast, stream: 1))
        let last = try #require(figures.finish(at: 3 * Self.second))
        #expect(last.seconds == 2 && last.end == 3 * Self.second && last.rows.map(\.calls) == [1])
    }

    @Test("a capture of one instant is told as one of a millisecond", arguments: [0, 1, 999_999, 1_000_000, 2_000_000])
    func instant(nanoseconds: UInt64) throws {
        let figures = Figures(seconds: 10)
        #expect(figures.advance(to: Self.second) == nil)
        figures.receive(Self.call(Self.fast, stream: 1))
        let last = try #require(figures.finish(at: Self.second + nanoseconds))
        #expect(last.seconds == max(Double(nanoseconds) / 1e9, 0.001) && last.end == Self.second + nanoseconds)
        #expect(TopTable(last).lines.count == 1)
    }

    // MARK: - Drawing

    private static func snapshot() throws -> IntervalFigures.Snapshot {
        let figures = Figures(seconds: 2)
        _ = figures.advance(to: 0)
        figures.receive(call(MethodDescriptor(service: "a.Service", method: "Silent"), stream: 1))
        _ = figures.advance(to: 2 * second)
        for number in 0..<300 { figures.receive(call(fast, stream: UInt32(number))) }
        figures.receive(call(slow, stream: 1, taking: 2_000_000, code: .notFound))
        return try #require(figures.advance(to: 4 * second, running: 1))
    }

    @Test("a screen has all methods, those that were called in the interval first")
    func screen() throws {
        let lines = TopTable(try Self.snapshot()).screen(columns: 100, rows: 24)
        #expect(
            lines == [
                "00:00:04  151 calls/s  0.5 faults/s  running 1  calls 302", "",
                "method            calls/s  faults/s  sent/s  received/s       p50       p99   longest  calls",
                "a.Service/Fast        150         0   75 kB     3000 kB  1.000 us  1.000 us  1.000 us    300",
                "a.Service/Slow        0.5       0.5   250 B       10 kB  2.000 ms  2.000 ms  2.000 ms      1",
                "a.Service/Silent        0         0     0 B         0 B         -         -         -      1",
            ])
    }

    @Test("a screen that is too small has what fits, and says what does not")
    func smallScreen() throws {
        let table = TopTable(try Self.snapshot())
        let low = table.screen(columns: 100, rows: 5)
        #expect(low.count == 5 && low[3].hasPrefix("a.Service/Fast") && low[4] == "and 2 more methods")
        #expect(table.screen(columns: 100, rows: 6).count == 6)
        for columns in 1..<100 {
            #expect(table.screen(columns: columns, rows: 24).allSatisfy { $0.count <= columns }, "\(columns)")
        }
        // Without the bytes first, and then with a part of the names.
        #expect(
            table.screen(columns: 80, rows: 24).prefix(4).suffix(2) == [
                "method            calls/s  faults/s       p50       p99   longest  calls",
                "a.Service/Fast        150         0  1.000 us  1.000 us  1.000 us    300",
            ])
        #expect(
            table.screen(columns: 70, rows: 24)[3] == "a.Service/Fast      150         0  1.000 us  1.000 us  1.000 us    300")
        #expect(table.screen(columns: 66, rows: 24)[3] == "…vice/Fast      150         0  1.000 us  1.000 us  1.000 us    300")
        #expect(TopTable.drawing(["a", "b"]) == "\u{1B}[Ha\u{1B}[K\nb\u{1B}[K\u{1B}[J")
    }

    @Test("where there is no screen there is a line for each method that had calls")
    func lines() throws {
        #expect(
            TopTable(try Self.snapshot()).lines == [
                "00:00:04  a.Service/Fast  calls/s 150  faults/s 0  sent/s 75 kB  received/s 3000 kB  "
                    + "p50 1.000 us  p99 1.000 us  longest 1.000 us",
                "00:00:04  a.Service/Slow  calls/s 0.5  faults/s 0.5  sent/s 250 B  received/s 10 kB  "
                    + "p50 2.000 ms  p99 2.000 ms  longest 2.000 ms",
            ])
    }

    // MARK: - The program

    private static func file() -> [UInt8] {
        var traffic = Conversation()
        for stream in [UInt32(1), 3] {
            traffic.request(stream, fast, [])
            traffic.respond(stream, .success([]), after: 1_500_000_000)
        }
        return PcapngWriter.header(link: SegmentWriter.link) + traffic.packets.flatMap(PcapngWriter.packet)
    }

    @Test("tells the intervals of a file in lines, and on a terminal draws them")
    func program() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString)").path
        try Data(Self.file()).write(to: URL(filePath: path))
        let plain = try ChildProcess.program("wiredump", ["top", path])
        #expect(await plain.wait() == 0)
        #expect(plain.printed.split(separator: "\n").count == 2)
        #expect(plain.printed.contains("a.Service/Fast  calls/s 1.0  faults/s 0"))
        let drawn = try ChildProcess.program(
            "wiredump", ["top", path], environment: ["NO_COLOR": nil, "TERM": "xterm"], standardError: .terminal)
        #expect(await drawn.wait() == 0)
        #expect(drawn.printed.contains("\u{1B}[H") && drawn.printed.contains("\u{1B}[1ma.Service/Fast\u{1B}[0m"))
        try FileManager.default.removeItem(atPath: path)
        for arguments in [
            [], ["-", "--to", "127.0.0.1:1"], ["-", "--interval", "0"], ["--to", "127.0.0.1:1", "--port", "1"], ["-", "--tls"],
            ["-", "--listen", "127.0.0.1:0"],
        ] {
            let refused = try ChildProcess.program("wiredump", ["top"] + arguments)
            #expect(await refused.wait() == 64, "\(arguments)")
        }
    }

    @Test("tells what passes through it as a proxy, after each interval")
    func proxy() async throws {
        try await called { address in
            try ChildProcess.program(
                "wiredump", ["top", "--to", address, "--interval", "0.1"], standardError: .collected)
        } then: { top in
            #expect(await top.prints("a.Service/Fast  calls/s 10.0"))
            top.signal(SIGTERM)
            #expect(await top.wait() == 0)
        }
    }

    @Test("ends with the error when an interval cannot be told, though nothing more passes")
    func full() async throws {
        try await called { address in
            let command = #"exec "$0" top --to "$1" --interval 0.5 > /dev/full"#
            return try ChildProcess.program("/bin/sh", ["-c", command, Programs.path("wiredump"), address])
        } then: { top in
            #expect(await top.wait() == 1)
        }
    }

    /// Makes one call of a server through a proxy that is started before it.
    ///
    /// - Parameters:
    ///   - start: starts the proxy before an address.
    ///   - then: what is to come of it; the client stays connected meanwhile.
    private func called(
        start: @Sendable (String) throws -> ChildProcess, then: @Sendable (ChildProcess) async throws -> Void
    ) async throws {
        let server = WireServer(services: [Anything()], configuration: ServerConfiguration(), logger: Self.silent)
        let address = try await server.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            defer { group.cancelAll() }
            let top = try start("127.0.0.1:\(address.port)")
            let port = try #require(await top.firstLine()?.split(separator: ":").last.flatMap { Int($0) })
            let client = WireClient(host: "127.0.0.1", port: port, configuration: ClientConfiguration(), logger: Self.silent)
            _ = try await client.call(Self.fast, payload: [], options: .timeout(.seconds(30)))
            try await then(top)
            await client.close()
        }
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private struct Anything: RPCService {
        let name = "a.Service"
        let methods = ["Fast"]

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] { payload }
    }
}
