import ArgumentParser
import Foundation
import Logging
import Testing

@testable import huleedu

@Suite("A log file")
struct LogFileTests {
    private func lines(_ path: String) throws -> [String] {
        String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    @Test("that is full is laid aside when it is opened", arguments: [(-1, false), (0, true)])
    func laysALargeLogAside(over: Int, isLaidAside: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/huleedu.log"
        let bytes = RankRun.logLimits.maximumBytes + over
        try Data(count: bytes).write(to: URL(filePath: path))
        LineLog.logger("test", file: try LogFile(path: path, limits: RankRun.logLimits)).info("first line")
        let laidAside = FileManager.default.contents(atPath: path + ".1")
        #expect(laidAside?.count == (isLaidAside ? bytes : nil))
        let log = try #require(FileManager.default.contents(atPath: path))
        #expect(isLaidAside ? log.count < 200 : log.count > bytes)
    }

    @Test("goes on in another when it is full, and keeps as many as it is told to")
    func rotation() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log"
        let file = try LogFile(path: path, limits: .init(maximumBytes: 20, kept: 2))
        // Two lines of ten bytes fill a file.
        for number in 1...9 { file.write("line \(number)...\n") }
        #expect(try lines(path) == ["line 9..."])
        #expect(try lines(path + ".1") == ["line 7...", "line 8..."])
        #expect(try lines(path + ".2") == ["line 5...", "line 6..."])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["log", "log.1", "log.2"])
    }

    @Test("has each line whole that several threads write while it is laid aside again and again")
    func threads() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log"
        let file = try LogFile(path: path, limits: .init(maximumBytes: 4096, kept: 1000))
        @Sendable func line(_ thread: Int, _ number: Int) -> String {
            "\(thread) \(number)" + String(repeating: "x", count: number)
        }
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<500 { file.write(line(thread, number) + "\n") }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let written = try names.flatMap { try lines(folder.path + "/" + $0) }
        #expect(written.count == 4000)
        #expect(Set(written) == Set((0..<8).flatMap { thread in (0..<500).map { line(thread, $0) } }))
        for name in names { #expect(try lines(folder.path + "/" + name).joined().utf8.count < 4096 + 600) }
    }

    @Test("that cannot be begun anew grows on, and is laid aside when it has grown as much once more, not with each line")
    func blocked() throws {
        let folder = try TemporaryFolder()
        let (here, away) = (folder.path + "/here", folder.path + "/away")
        try FileManager.default.createDirectory(atPath: here, withIntermediateDirectories: false)
        let file = try LogFile(path: here + "/log", limits: .init(maximumBytes: 20, kept: 2))
        for number in 1...2 { file.write("line \(number)...\n") }
        try FileManager.default.moveItem(atPath: here, toPath: away)
        file.write("line 3...\n")
        try FileManager.default.moveItem(atPath: away, toPath: here)
        file.write("line 4...\n")
        #expect(try lines(here + "/log") == ["line 1...", "line 2...", "line 3...", "line 4..."])
        file.write("line 5...\n")
        #expect(try lines(here + "/log") == ["line 5..."])
        #expect(try lines(here + "/log.1").count == 4)
    }

    @Test("that cannot be had is refused by name")
    func refused() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: CommandError.self) {
            try LogFile(path: folder.path + "/none/log", limits: .init(maximumBytes: 1, kept: 1))
        }
        #expect(error?.code == .dataFolderUnusable)
    }

    @Test("has limits that are refused beyond their borders, and without a file")
    func options() throws {
        for (arguments, isTaken) in [
            (["--log-file", "x", "--log-file-bytes", "4096", "--log-files", "1"], true),
            (["--log-file", "x", "--log-file-bytes", "4095"], false),
            (["--log-file", "x", "--log-file-bytes", "1099511627776", "--log-files", "1000"], true),
            (["--log-file", "x", "--log-file-bytes", "1099511627777"], false), (["--log-file", "x", "--log-files", "0"], false),
            (["--log-file", "x", "--log-files", "1001"], false), (["--log-files", "3"], false),
            (["--log-file-bytes", "5000"], false), (["--log-format", "json"], true), (["--log-format", "xml"], false),
        ] {
            #expect(((try? LoggingOptions.parse(arguments)) != nil) == isTaken, "\(arguments)")
        }
    }
}
