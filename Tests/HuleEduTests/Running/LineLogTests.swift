import Foundation
import Logging
import Synchronization
import Testing

@testable import huleedu

@Suite("A log line in JSON")
struct LineLogTests {
    /// What a logger writes.
    private func written(_ log: (Logger) -> Void) -> String {
        final class Lines: Sendable { let text = Mutex("") }
        let lines = Lines()
        log(Logger(label: "test") { LineLog(label: $0, format: .json) { line in lines.text.withLock { $0 += line } } })
        return lines.text.withLock { $0 }
    }

    private func object(_ line: String) throws -> [String: Any] {
        #expect(line.hasSuffix("\n") && line.utf8.count { $0 == 10 } == 1, "\(line)")
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    /// Texts that have broken log lines before.
    private static let texts = [
        "", "\"", "\\", "\\\"", "\n", "\r\n", "\t", "\u{0}", "\u{1}\u{1F}", "\u{7F}", "\u{85}", "\u{2028}\u{2029}",
        "{\"level\":\"critical\"}",
        "}\n{\"event\":\"forged\"}", "å 𝛉 👩‍👩‍👧‍👦 \u{202E}", "e\u{301}", "\u{FFFE}\u{10FFFF}", "\u{1B}[31m", "%s %n", "</script>",
        String(repeating: "\"\\\n", count: 5000),
    ]

    @Test("is one object whatever stands in message, metadata and keys, and gives every text back", arguments: texts)
    func hostile(text: String) throws {
        let line = written { logger in
            logger.warning(
                "\(text)",
                metadata: [
                    "owner": "\(text)", "key " + text: "value",
                    "list": [.string(text), .dictionary(["deep " + text: .array([.stringConvertible(7), .string(text)])])],
                ])
        }
        let object = try object(line)
        #expect(object["event"] as? String == text)
        #expect(object["level"] as? String == "warning")
        #expect(object["logger"] as? String == "test")
        #expect(object["owner"] as? String == text)
        #expect(object["key " + text] as? String == "value")
        let list = try #require(object["list"] as? [Any])
        #expect(list.first as? String == text)
        #expect((list.last as? [String: [String]])?["deep " + text] == ["7", text])
        #expect(object.count == 7)
    }

    @Test("has a member once: metadata does not stand in for what every line has")
    func ownKeys() throws {
        let line = written { $0.info("told", metadata: ["level": "critical", "event": "forged", "timestamp": "never"]) }
        let object = try object(line)
        #expect(object["level"] as? String == "info")
        #expect(object["event"] as? String == "told")
        #expect(object["metadata_level"] as? String == "critical")
        #expect(object["metadata_event"] as? String == "forged")
        #expect(line.ranges(of: "\"level\":").count == 1)
    }

    @Test(
        "tells the time to the millisecond, in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (1_773_497_366_535, "2026-03-14T14:09:26.535Z"),
            (999, "1970-01-01T00:00:00.999Z"), (1000, "1970-01-01T00:00:01.000Z"),
        ] as [(Int64, String)])
    func time(milliseconds: Int64, text: String) {
        #expect(LineLog.Moment(unixMilliseconds: milliseconds).rfc3339 == text)
    }

    @Test("stands in order: when, how grave, who and what, then the metadata by name")
    func order() {
        let event = LogEvent(level: .error, message: "late", metadata: nil, source: "s", file: "f", function: "f", line: 1)
        let line = LineLog.json(
            event, label: "huleedu", metadata: ["b": "2", "a": ["x": "1"]], at: LineLog.Moment(unixMilliseconds: 0))
        #expect(
            line
                == #"{"timestamp":"1970-01-01T00:00:00.000Z","level":"error","logger":"huleedu","event":"late","a":{"x":"1"},"b":"2"}"#
                + "\n")
    }
}
