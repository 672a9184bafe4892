import Foundation
import Testing

@Suite("A run whose database server or program is killed", .serialized)
struct DatabaseKillTests {
    @Test("goes on when the server is killed, again and again, and pays for nothing twice")
    func server() async throws {
        let run = try await PaidRun()
        let program = try run.rank()
        for calls in [15, 40, 65] {
            try await run.waitForCalls(calls, of: program)
            let server = try #require(run.server)
            kill(server, SIGKILL)
        }
        #expect(await program.status() == 0, "\(program.output)")
        try run.checkBooks(program.output, atMostRepeated: 0)
        run.stop()
    }

    @Test("is continued though the program was killed as soon as the run had a name")
    func atOnce() async throws {
        let run = try await PaidRun()
        let first = try run.rank()
        try await run.waitForRecord(of: first)
        first.kill()
        _ = await first.status()
        let second = try run.rank("--resume")
        #expect(await second.status() == 0, "\(second.output)")
        try run.checkBooks(second.output, atMostRepeated: PaidRun.concurrency)
        run.stop()
    }

    @Test("is continued after the program was killed, on the same data, and pays only for what was under way again")
    func program() async throws {
        let run = try await PaidRun()
        let first = try run.rank()
        try await run.waitForCalls(30, of: first)
        first.kill()
        _ = await first.status()
        let second = try run.rank("--resume")
        #expect(await second.status() == 0, "\(second.output)")
        try run.checkBooks(second.output, atMostRepeated: PaidRun.concurrency)
        #expect(run.server == nil, "no server is left")
        run.stop()
    }
}
