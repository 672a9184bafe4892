import CurlClient
import FoundationEssentials

/// Reads what vendors state of their limits in the headers of answers.
struct LimitHeaders {
    /// Times further away than this are not believed.
    static let longestReset: Duration = .seconds(366 * 86_400)

    let headers: HTTPHeaders
    private(set) var report = LimitReport()

    init(_ headers: HTTPHeaders) {
        self.headers = headers
    }

    /// Takes in one dimension.
    ///
    /// - Parameters:
    ///   - rounding: what the vendor rounds the remainder by, at most.
    ///   - reset: reads the time that is left until the limit is whole again.
    mutating func read(
        _ dimension: LimitDimension, limit: String, remaining: String, reset: String, rounding: Int64 = 0,
        as readReset: (String) -> Duration?
    ) {
        var word = LimitReport.Word()
        word.limit = value(limit) { Self.count($0, from: 1) }
        word.remaining = value(remaining) { Self.count($0, from: 0) }
        word.reset = value(reset) { text in
            readReset(text).flatMap { $0 <= Self.longestReset ? max($0, .zero) : nil }
        }
        word.rounding = rounding
        report[dimension] = word.isEmpty ? nil : word
    }

    private mutating func value<Value>(_ name: String, _ read: (String) -> Value?) -> Value? {
        guard let text = headers[name] else { return nil }
        let value = read(text)
        if value == nil { report.unreadable.append(name) }
        return value
    }

    private static func count(_ text: String, from least: Int64) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 15, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(text), (least...Rate.largestLimit).contains(number)
        else { return nil }
        return number
    }
}

extension AnthropicDialect {
    /// What an answer states: instants in RFC 3339, remaining tokens rounded to the nearest thousand.
    ///
    /// - Parameter now: seconds since 1970.
    func limits(in headers: HTTPHeaders, now: Double) -> LimitReport {
        var reader = LimitHeaders(headers)
        for (dimension, name, rounding) in [
            (LimitDimension.requests, "requests", Int64(0)), (.inputTokens, "input-tokens", 500),
            (.outputTokens, "output-tokens", 500),
        ] {
            reader.read(
                dimension, limit: "anthropic-ratelimit-\(name)-limit", remaining: "anthropic-ratelimit-\(name)-remaining",
                reset: "anthropic-ratelimit-\(name)-reset", rounding: rounding
            ) { text in
                guard let instant = InternetTime.seconds(text) else { return nil }
                return .seconds(instant - now)
            }
        }
        return reader.report
    }
}

extension OpenAIDialect {
    /// What an answer states: durations as Go writes them, one count for tokens of both kinds.
    func limits(in headers: HTTPHeaders, now: Double) -> LimitReport {
        var reader = LimitHeaders(headers)
        for (dimension, name) in [(LimitDimension.requests, "requests"), (.inputTokens, "tokens")] {
            reader.read(
                dimension, limit: "x-ratelimit-limit-\(name)", remaining: "x-ratelimit-remaining-\(name)",
                reset: "x-ratelimit-reset-\(name)", as: GoDuration.duration)
        }
        return reader.report
    }
}

/// An instant as RFC 3339 writes it.
enum InternetTime {
    /// Seconds since 1970 of `2026-11-26T18:34:15Z`, with a fraction or an offset if need be; nil for anything else.
    static func seconds(_ text: String) -> Double? {
        guard text.utf8.count <= 40 else { return nil }
        if let date = try? Date.ISO8601FormatStyle().parse(text) { return date.timeIntervalSince1970 }  // Nil says it.
        let withFraction = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return (try? withFraction.parse(text))?.timeIntervalSince1970  // Likewise.
    }
}

/// A length of time as Go writes it.
enum GoDuration {
    private static let units: [(name: String, seconds: Double)] = [
        ("h", 3600), ("m", 60), ("s", 1), ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9),
    ]

    /// `1m30s`, `6ms`, `1.25s` or `0`; nil for anything else, a negative length among that.
    static func duration(_ text: String) -> Duration? {
        guard text != "0" else { return .zero }
        guard text.utf8.count <= 40 else { return nil }
        var seconds = 0.0
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
            rest = rest.dropFirst(name.count)
            guard let value = Double(number), let unit = units.first(where: { $0.name == name }) else { return nil }
            seconds += value * unit.seconds
        }
        return seconds <= LimitHeaders.longestReset / .seconds(1) ? .seconds(seconds) : nil
    }
}
