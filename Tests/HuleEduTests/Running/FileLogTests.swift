import Foundation
import Logging
import Testing

@testable import huleedu

@Suite struct FileLogTests {
    @Test(arguments: [(FileLog.maximumBytes - 1, false), (FileLog.maximumBytes, true)])
    func laysALargeLogAside(bytes: Int, isLaidAside: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/huleedu.log"
        try Data(count: bytes).write(to: URL(filePath: path))
        try FileLog.logger(path: path, label: "test").info("first line")
        let laidAside = FileManager.default.contents(atPath: path + ".1")
        #expect(laidAside?.count == (isLaidAside ? bytes : nil))
        let log = try #require(FileManager.default.contents(atPath: path))
        #expect(isLaidAside ? log.count < 200 : log.count > bytes)
    }
}
