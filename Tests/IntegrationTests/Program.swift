import Foundation
import Synchronization

/// A program of the package, run as a process of its own.
final class Program: Sendable {
    private struct State {
        var output = ""
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
    }

    private let process: Process
    private let state = Mutex(State())

    /// Starts a program of the package, or one by its path; it is killed when nobody holds this any more.
    init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        process = Process()
        process.executableURL = URL(filePath: name.hasPrefix("/") ? name : Self.folder + "/" + name)
        process.arguments = arguments
        var inherited = ProcessInfo.processInfo.environment
        for key in ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL"] { inherited[key] = nil }
        process.environment = inherited.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // A thread that blocks: where several programs run, a readability handler does not always hear of the end.
        Thread.detachNewThread { [weak self] in
            while true {
                let data = pipe.fileHandleForReading.availableData
                self?.received(String(decoding: data, as: UTF8.self), isEnd: data.isEmpty)
                if data.isEmpty { return }
            }
        }
    }

    deinit { kill() }

    /// Where the package's programs are built: beside the tests.
    static let folder: String = {
        let arguments = CommandLine.arguments
        if let flag = arguments.firstIndex(of: "--test-bundle-path"), flag + 1 < arguments.count {
            return URL(filePath: arguments[flag + 1]).deletingLastPathComponent().path
        }
        return Package.root + "/.build/debug"
    }()

    var output: String { state.withLock { $0.output } }

    /// Ends the process at once, as `kill -9` does.
    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    func interrupt() { process.interrupt() }

    /// The status with which the process ended.
    func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.process.waitUntilExit()
                continuation.resume()
            }
        }
        await until { $0.isClosed }
        return process.terminationStatus
    }

    /// Waits for a text in the output, or for its end.
    func wait(for text: String) async -> Bool {
        await until { $0.output.contains(text) || $0.isClosed }
        return output.contains(text)
    }

    private func until(_ condition: (State) -> Bool) async {
        while !state.withLock({ condition($0) }) {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    guard !condition(state) else { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isDue { continuation.resume() }
            }
        }
    }

    private func received(_ text: String, isEnd: Bool) {
        let waiters = state.withLock { state in
            state.output += text
            state.isClosed = state.isClosed || isEnd
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
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
