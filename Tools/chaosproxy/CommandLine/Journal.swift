import ArgumentParser
import ChaosProxy
import Foundation

/// Where it is written down what a proxy did.
struct Journal: Sendable {
    private let file: FileHandle

    /// - Parameter path: of a file to append to; nil for standard error.
    init(path: String?) throws {
        guard let path else {
            file = .standardError
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw ValidationError("--log: \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        file = FileHandle(fileDescriptor: descriptor)
    }

    func write(_ event: ProxyEvent) {
        file.write(Data((event.json + "\n").utf8))
    }
}
