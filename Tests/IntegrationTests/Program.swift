import ChildProcesses
import Foundation

/// A program of the package, run as a process of its own without the keys and addresses of whoever runs the tests.
/// It is killed when nobody holds this any more.
final class Program: Sendable {
    private let process: ChildProcess

    /// Starts a program of the package, or one by its path.
    ///
    /// - Parameter onTerminal: whether a person could type what it reads.
    init(_ name: String, _ arguments: [String], environment: [String: String] = [:], onTerminal: Bool = false) throws {
        process = try ChildProcess.program(
            name, arguments, environment: environment, standardError: onTerminal ? .terminal : .collected)
    }

    deinit { kill() }

    /// What it printed so far, on either stream.
    var output: String { process.printed }

    /// Ends the process at once.
    func kill() { process.signal(SIGKILL) }

    /// Types on its terminal.
    func type(_ text: String) { process.type(text) }

    func terminate() { process.signal(SIGTERM) }

    func interrupt() { process.signal(SIGINT) }

    var isRunning: Bool { process.isRunning }

    /// The status with which the process ended.
    func status() async -> Int32 { await process.wait() }

    /// Waits for a text in the output, or for its end.
    func wait(for text: String) async -> Bool { await process.prints(text) }
}

/// The package on disk.
enum Package {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Real essays with human scores; nil where the data is not there.
    static var essays: String? {
        let folder = root + "/../shared/data/essays-distance-learning"
        return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }
}
