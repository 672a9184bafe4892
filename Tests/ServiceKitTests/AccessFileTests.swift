import Foundation
import Logging
import ServiceKit
import Testing
import Wire

@Suite("A file of who may call what", .timeLimit(.minutes(2)))
struct AccessFileTests {
    private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let path = FileManager.default.temporaryDirectory.appending(path: "huleedu-access-\(UUID().uuidString)").path

    private func write(_ text: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test("is read again when it has changed, and holds as it was while what it has become is no table")
    func reload() throws {
        defer {
            // What is left is in the system's folder for such things.
            try? FileManager.default.removeItem(atPath: path)
        }
        func table(_ token: String) -> String { "role a *\ntoken portal sha256:\(AccessTable.digest(of: token)) a" }
        try write(table("first"))
        let file = try AccessFile(path: path, interval: .zero, logger: silent)
        let anything = MethodDescriptor(service: "a.A", method: "B")
        #expect(file.owner(ofToken: "first") == "portal" && file.allows(anything, to: PeerIdentity(tokenName: "portal")))
        try write("role a")
        #expect(file.owner(ofToken: "first") == "portal")
        try write(table("second"))
        #expect(file.owner(ofToken: "second") == "portal" && file.owner(ofToken: "first") == nil)
    }

    @Test("that cannot be read, or is no table, is refused with its path")
    func faults() throws {
        #expect(throws: AccessFileError.self) { try AccessFile(path: "/nowhere/access", logger: silent) }
        try write("rule")
        defer {
            // What is left is in the system's folder for such things.
            try? FileManager.default.removeItem(atPath: path)
        }
        let error = #expect(throws: AccessFileError.self) { try AccessFile.read(path) }
        #expect(error?.description.contains("\(path): line 1: expected role") == true)
    }
}
