import ChildProcesses
import Foundation
import Testing
import Wire

@testable import WireDump

@Suite("A capture that comes through a pipe", .timeLimit(.minutes(1)))
struct PipeTests {
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
}
