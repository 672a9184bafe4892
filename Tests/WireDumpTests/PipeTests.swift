import ChildProcesses
import Foundation
import Testing
import Wire

@testable import WireDump

@Suite("A capture that comes through a pipe", .timeLimit(.minutes(1)))
struct PipeTests {
    /// `F_SETPIPE_SZ`, which is not among what Swift sees of the C library.
    private static let setPipeSize: Int32 = 1031

    @Test("is shown as it comes, and not when it ends")
    func live() async throws {
        let pipe = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString)").path
        try #require(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        let reader = try ChildProcess.program("wiredump", ["read", pipe], standardError: .collected)
        // For reading too, so that nobody is waited for.
        let descriptor = open(pipe, O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0)
        let writer = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var traffic = Conversation()
        traffic.request(1, MethodDescriptor(service: "a.Service", method: "First"), [])
        traffic.respond(1, .success([]))
        let begun = traffic.packets.count
        try writer.write(
            contentsOf: Data(PcapngWriter.header(link: SegmentWriter.link) + traffic.packets.flatMap(PcapngWriter.packet)))
        #expect(await reader.prints("a.Service/First  OK"))
        #expect(reader.isRunning)
        traffic.request(3, MethodDescriptor(service: "a.Service", method: "Second"), [])
        traffic.respond(3, .success([]))
        try writer.write(contentsOf: Data(traffic.packets[begun...].flatMap(PcapngWriter.packet)))
        #expect(await reader.prints("a.Service/Second  OK"))
        try writer.close()
        #expect(await reader.wait() == 0)
    }

    @Test("is shown when nothing follows, however much came at once", arguments: [65_532, 65_536, 65_540])
    func filled(count: Int) async throws {
        let pipe = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString)").path
        try #require(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        let descriptor = open(pipe, O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0)
        let writer = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try #require(fcntl(descriptor, Self.setPipeSize, 1 << 17) >= count)
        var traffic = Conversation()
        traffic.request(1, MethodDescriptor(service: "a.Service", method: "First"), [])
        traffic.respond(1, .success([]))
        var bytes = PcapngWriter.header(link: SegmentWriter.link) + traffic.packets.flatMap(PcapngWriter.packet)
        // A block of a type that readers pass over; it takes twelve bytes itself.
        bytes += Packets.block(0xBAD, [UInt8](repeating: 0, count: count - bytes.count - 12), isLittleEndian: true)
        try #require(bytes.count == count)
        try writer.write(contentsOf: Data(bytes))
        // All of it is there when it is first read.
        let reader = try ChildProcess.program("wiredump", ["read", pipe])
        #expect(await reader.prints("a.Service/First  OK"))
        #expect(reader.isRunning)
        try writer.close()
        #expect(await reader.wait() == 0)
    }
}
