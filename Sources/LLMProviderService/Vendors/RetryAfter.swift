import CurlClient

/// How long a vendor asks to be left alone.
enum RetryAfter {
    /// The longest pause that is taken from a vendor; one that asks for more is asked again after this.
    static let longestSeconds = 3600.0

    /// The pause that an answer asks for, from none to ``longestSeconds``, in milliseconds (`retry-after-ms`), in seconds or until a date; nil
    /// where it says nothing that can be read, a negative number among that.
    ///
    /// - Parameter now: seconds since 1970; needed only for a date in an answer that does not say when it was written.
    static func pause(in headers: HTTPHeaders, now: () -> Int64) -> Duration? {
        let text = headers["retry-after"]
        return pause(headers["retry-after-ms"], unitsPerSecond: 1000) ?? pause(text, unitsPerSecond: 1)
            ?? text.flatMap(HTTPDate.init).map { date in
                // By the vendor's own clock, where it tells the time: ours may be wrong.
                let sent = headers["date"].flatMap(HTTPDate.init)?.unixSeconds ?? now()
                return .seconds(min(Double(max(0, date.unixSeconds - sent)), longestSeconds))
            }
    }

    private static func pause(_ text: String?, unitsPerSecond: Double) -> Duration? {
        guard let number = text.flatMap(Double.init), number.isFinite, number >= 0 else { return nil }
        return .seconds(min(number / unitsPerSecond, longestSeconds))
    }
}
