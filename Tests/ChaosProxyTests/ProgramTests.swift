import ChaosProxy
import ChildProcesses
import Glibc
import NIOCore
import Testing

@Suite("The program chaosproxy", .timeLimit(.minutes(1)))
struct ProgramTests {
    @Test("answers each command with a line, does what it says, and ends when asked")
    func commands() async throws {
        let (listener, port, _) = try await Peer.serve()
        let program = try ChildProcess.program(
            "chaosproxy", ["--to", "127.0.0.1:\(port)", "--cut-at", "END"], standardError: .terminal)
        #expect(await program.prints(#""event":"listening""#))
        for (command, answer) in [
            ("delay:5", "ok delay:5"), ("arm reply 2", "ok arm reply 2"), ("arm never", "error expected before, after or reply"),
            ("arm after 0", "error expected a count from 1 to 1000000"), ("sideways", "error no command and no fault"),
            ("a b c d", "error expected a fault, arm MOMENT [COUNT], status or quit"),
            ("status", "ok fault=delay:5 accepted=0 open=0 cuts=0 resets=0 silenced=0"),
        ] {
            program.type(command + "\n")
            #expect(await program.prints(answer))
        }
        #expect(program.printed.contains(#"{"detail":"delay:5","event":"fault","ms":"#))
        program.type("quit\n")
        #expect(await program.wait() == 0)
        try await listener.close()
    }

    @Test("tells its seed when it goes by chance", arguments: [["--seed", "7"], []])
    func seed(arguments: [String]) async throws {
        let program = try ChildProcess.program("chaosproxy", ["--to", "127.0.0.1:1", "--random", "reset,stall"] + arguments)
        #expect(await program.prints(arguments.isEmpty ? "seed " : "seed 7\n"))
        program.signal(SIGTERM)
        #expect(await program.wait() == 0)
    }

    @Test(
        "refuses what it cannot do",
        arguments: [
            ["--to", "nowhere"], ["--to", "127.0.0.1:0"], ["--to", "127.0.0.1:65536"], ["--to", "127.0.0.1:1", "--fault", "x"],
            ["--to", "127.0.0.1:1", "--random", "reset,x"], ["--to", "127.0.0.1:1", "--longest-fault", "0"],
            ["--to", "127.0.0.1:1", "--cut-at", ""], [],
        ])
    func refusals(arguments: [String]) async throws {
        let program = try ChildProcess.program("chaosproxy", arguments)
        #expect(await program.wait() == 64)
    }
}
