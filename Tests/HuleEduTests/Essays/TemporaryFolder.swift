import Foundation

/// A folder of a test's own that goes when the test is done.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "huleedu-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // Whatever cannot be removed is left to the system's own clearing of its temporary folder.
        try? FileManager.default.removeItem(atPath: path)
    }

    @discardableResult func add(_ name: String, _ text: String) throws -> TemporaryFolder {
        try add(name, bytes: Array(text.utf8))
    }

    @discardableResult func add(_ name: String, bytes: [UInt8]) throws -> TemporaryFolder {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return self
    }

    func addFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: false)
    }

    func addLink(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }
}
