import ArgumentParser
import Logging
import Synchronization

/// What services that run for long write their log to, and how.
struct LoggingOptions: ParsableArguments {
    /// Bytes of a log file.
    static let fileBytes = 4096...(1 << 40)
    /// Log files laid aside.
    static let fileCounts = 1...1000

    @Option(help: ArgumentHelp("How log lines are written: text, or json with one object in each line.", valueName: "format"))
    var logFormat = LineLog.Format.text

    @Option(
        help: ArgumentHelp(
            "From which level on lines are written: critical, error, warning, notice, info, debug with each call, or trace with each span.",
            valueName: "level"),
        transform: { try Self.level($0) })
    var logLevel = Logger.Level.info

    @Option(
        help: ArgumentHelp("File for the log instead of standard error; one process to a file.", valueName: "file"),
        completion: .file())
    var logFile: String?

    @Option(
        help: ArgumentHelp("Bytes from which on the file is laid aside as FILE.1. (default: 104857600)", valueName: "bytes"))
    var logFileBytes: Int?

    @Option(help: ArgumentHelp("Files laid aside that are kept. (default: 10)", valueName: "count"))
    var logFiles: Int?

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--log-level: expected one of \(levels), not \(text).")
        }
        return level
    }

    func validate() throws {
        guard logFile != nil || (logFileBytes == nil && logFiles == nil) else {
            throw ValidationError("--log-file-bytes and --log-files are for a --log-file.")
        }
        guard logFileBytes.map(Self.fileBytes.contains) ?? true else {
            throw ValidationError(
                "--log-file-bytes lies between \(Self.fileBytes.lowerBound) and \(Self.fileBytes.upperBound).")
        }
        guard logFiles.map(Self.fileCounts.contains) ?? true else {
            throw ValidationError("--log-files lies between \(Self.fileCounts.lowerBound) and \(Self.fileCounts.upperBound).")
        }
    }

    /// - Throws: `dataUnwritable` where the file cannot be opened.
    func logger() throws -> Logger {
        var logger = try writer()
        logger.logLevel = logLevel
        return logger
    }

    private func writer() throws -> Logger {
        if let logFile {
            let limits = LogFile.Limits(maximumBytes: logFileBytes ?? 100 << 20, kept: logFiles ?? 10)
            return LineLog.logger("huleedu", format: logFormat, file: try LogFile(path: logFile, limits: limits))
        }
        switch logFormat {
        case .text: return Logger(label: "huleedu") { StreamLogHandler.standardError(label: $0) }
        case .json:
            let stream = ErrorStream()
            return Logger(label: "huleedu") { LineLog(label: $0, format: .json) { stream.write($0) } }
        }
    }

    /// Standard error, one line at a time however long it is.
    private final class ErrorStream: Sendable {
        private let turn = Mutex(())

        func write(_ line: String) { turn.withLock { _ in StandardError.write(line) } }
    }
}
