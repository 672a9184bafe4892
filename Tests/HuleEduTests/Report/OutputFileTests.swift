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

    @Test func aFullDiskLeavesNothingHalfDone() throws {
        // Writing to this device always fails with "no space left".
        let folder = try TemporaryFolder()
        try folder.addLink("report.html.\(getpid()).part", to: "/dev/full")
        let error = #expect(throws: CommandError.self) { try OutputFile.write("x", to: "\(folder.path)/report.html") }
        #expect(error?.code == .outputUnwritable)
        #expect((error?.cause as? FileFailure)?.code == .noSpace)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
