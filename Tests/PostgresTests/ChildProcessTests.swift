import Glibc
import Testing

@testable import Postgres

@Suite("A program that is started")
struct ChildProcessTests {
    @Test("is given its standard descriptors and none of ours, marked for closing or not")
    func descriptors() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        // The fourth is the folder that is listed.
        #expect(ChildProcess.runToEnd(["/bin/ls", "/proc/self/fd"]).output == "0\n1\n2\n3\n")
    }

    @Test("tells how it ended: by itself, by a signal, or not started at all")
    func endings() {
        #expect(ChildProcess.runToEnd(["/bin/sh", "-c", "echo said; echo more >&2; exit 7"]).status == 7)
        #expect(ChildProcess.runToEnd(["/bin/sh", "-c", "echo said; echo more >&2; exit 7"]).output == "said\nmore\n")
        #expect(ChildProcess.runToEnd(["/bin/sh", "-c", "kill -9 $$"]).status == 128 + SIGKILL)
        #expect(ChildProcess.runToEnd(["/nowhere/program"]).status == -1)
    }

    @Test("may say more than is kept, and is not stopped by it")
    func muchOutput() {
        let run = ChildProcess.runToEnd(["/bin/sh", "-c", "head -c 1000000 /dev/zero; exit 3"])
        #expect(run.status == 3 && run.output.utf8.count == ChildProcess.outputLimit)
    }

    @Test("sees nothing of our environment and starts with no signal blocked")
    func environment() throws {
        #expect(ChildProcess.runToEnd(["/usr/bin/env"]).output == "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\n")
        let status = ChildProcess.runToEnd(["/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]).output
        for line in status.split(separator: "\n") {
            let mask = try #require(line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
            // 32 and 33 are the C library's own.
            #expect(mask & ~(1 << 31 | 1 << 32) == 0, "\(line)")
        }
    }
}
