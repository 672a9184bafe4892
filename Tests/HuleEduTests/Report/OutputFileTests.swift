import Foundation
import Testing

@testable import huleedu

@Suite struct OutputFileTests {
    @Test func writesAFileAndReplacesItWhole() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/report.html"
        try OutputFile.check(path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try OutputFile.write(String(repeating: "long ", count: 50_000), to: path)
        try OutputFile.write("short å", to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "short å")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.html"])
    }

    @Test func namesAPlaceWhereNothingCanBeWritten() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path, "\(folder.path)/missing/report.html"] {
            let error = #expect(throws: CommandError.self) { try OutputFile.check(path) }
            #expect(error?.code == .outputUnwritable)
            #expect(error?.message.contains(path) == true)
            #expect(error?.exitStatus == 73)
        }
        #expect(throws: CommandError.self) { try OutputFile.write("x", to: "\(folder.path)/missing/report.html") }
    }

    @Test func refusesAHyphenWhichIsNoFileToAnybody() {
        let error = #expect(throws: CommandError.self) { try OutputFile.check("-") }
        #expect(error?.code == .outputUnwritable)
        #expect(error?.message.contains("as in ./-") == true)
    }

    @Test func aFullDiskLeavesNothingHalfDone() throws {
        // Writing to this device always fails with "no space left".
        let folder = try TemporaryFolder()
        try folder.addLink("report.html.\(getpid()).part", to: "/dev/full")
        let error = #expect(throws: CommandError.self) { try OutputFile.write("x", to: "\(folder.path)/report.html") }
        #expect(error?.code == .outputUnwritable)
        #expect((error?.cause as? FileFailure)?.code == .noSpace)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test("follows a link to its file, and leaves the link", arguments: ["report.html", "middle"])
    func link(target: String) throws {
        let folder = try TemporaryFolder()
        try OutputFile.write("old", to: "\(folder.path)/report.html")
        try folder.addLink("middle", to: "\(folder.path)/report.html")
        try folder.addLink("link", to: "\(folder.path)/\(target)")
        try OutputFile.write("new", to: "\(folder.path)/link")
        #expect(try String(contentsOfFile: "\(folder.path)/report.html", encoding: .utf8) == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder.path)/link").hasSuffix(target))
    }

    @Test("refuses what is no regular file, and links to it", arguments: ["/dev/null", "/dev/full", "/missing"])
    func special(target: String) throws {
        let folder = try TemporaryFolder()
        try folder.addLink("link", to: target)
        for path in ["\(folder.path)/link"] + (target.hasPrefix("/dev") ? [target] : []) {
            let error = #expect(throws: CommandError.self) { try OutputFile.check(path) }
            #expect(error?.code == .outputUnwritable)
            #expect(throws: CommandError.self) { try OutputFile.write("x", to: path) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["link"])
    }
}
