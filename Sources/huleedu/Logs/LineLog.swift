import ArgumentParser
import Glibc
import Logging

/// Tells each event in one line.
struct LineLog: LogHandler {
    /// How a line is written.
    enum Format: String, Sendable, CaseIterable, ExpressibleByArgument {
        /// For a person.
        case text
        /// An object of JSON, for a program; see ``LineLog/json(_:label:metadata:at:)``.
        case json
    }

    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    private let label: String
    private let format: Format
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes lines that bring their line feeds, from several threads.
    init(label: String, format: Format, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.format = format
        self.write = write
    }

    /// A log in a file of its own.
    static func logger(_ label: String, format: Format = .text, file: LogFile) -> Logger {
        Logger(label: label) { LineLog(label: $0, format: format) { file.write($0) } }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        switch format {
        case .text: write(Self.text(event, label: label, metadata: merged, at: .now))
        case .json: write(Self.json(event, label: label, metadata: merged, at: Moment.now))
        }
    }

    private static func text(_ event: LogEvent, label: String, metadata: Logger.Metadata, at time: WallTime) -> String {
        let fields = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return "\(time.rfc3339) \(event.level) \(label) \(event.message)\(fields)\n"
    }

    // MARK: - JSON

    /// The members that every line has; metadata of the same name gets `metadata_` before it.
    private static let ownKeys: Set = ["timestamp", "level", "logger", "event"]

    /// One object in one line, whatever stands in the event: when, how grave, who tells it and what, then the metadata by their names.
    static func json(_ event: LogEvent, label: String, metadata: Logger.Metadata, at moment: Moment) -> String {
        let own = [
            JSONValue.Member("timestamp", .string(moment.rfc3339)), .init("level", .string("\(event.level)")),
            .init("logger", .string(label)), .init("event", .string("\(event.message)")),
        ]
        let fields = metadata.sorted { $0.key < $1.key }.map { key, value in
            JSONValue.Member(ownKeys.contains(key) ? "metadata_" + key : key, Self.json(value))
        }
        return JSONValue.object(own + fields).line + "\n"
    }

    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(json))
        case .dictionary(let values): .object(values.sorted { $0.key < $1.key }.map { .init($0.key, json($0.value)) })
        }
    }

    /// A time to the millisecond, in UTC.
    struct Moment: Sendable, Hashable {
        let unixMilliseconds: Int64

        static var now: Moment {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Moment(unixMilliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        }

        /// "2026-03-14T14:09:26.535Z".
        var rfc3339: String {
            let second = WallTime(unixSeconds: unixMilliseconds / 1000, utcOffsetSeconds: 0).rfc3339
            let digits = String(1000 + unixMilliseconds % 1000).dropFirst()
            return "\(second.dropLast()).\(digits)Z"
        }
    }
}

extension WallTime {
    /// The present moment, in the wall's time.
    static var now: WallTime {
        var seconds = time(nil)
        var fields = tm()
        localtime_r(&seconds, &fields)
        return WallTime(unixSeconds: Int64(seconds), utcOffsetSeconds: fields.tm_gmtoff)
    }
}
