/// Writes the standing of the limits as headers.
enum RateLimitHeaders {
    /// The Messages API's: instants in RFC 3339, tokens rounded to thousands, `tokens` the sum of input and output.
    static func messages(_ standing: RateLimiter.Standing) -> [(String, String)] {
        fields("anthropic-ratelimit-requests", standing.requests.limit, standing.requests.remaining, standing.requests.full)
            + fields(
                "anthropic-ratelimit-tokens", standing.input.limit + standing.output.limit,
                thousands(standing.input.remaining + standing.output.remaining), max(standing.input.full, standing.output.full))
            + fields(
                "anthropic-ratelimit-input-tokens", standing.input.limit, thousands(standing.input.remaining), standing.input.full
            )
            + fields(
                "anthropic-ratelimit-output-tokens", standing.output.limit, thousands(standing.output.remaining),
                standing.output.full)
    }

    /// OpenAI's: the time left as `1.25s`.
    static func chat(_ standing: RateLimiter.Standing, now: Int64) -> [(String, String)] {
        func reset(_ bucket: Bucket) -> String {
            let milliseconds = max(0, bucket.full - now) / 1_000_000
            return milliseconds < 1000 ? "\(milliseconds)ms" : "\(Double(milliseconds) / 1000)s"
        }
        return [
            ("x-ratelimit-limit-requests", String(standing.requests.limit)),
            ("x-ratelimit-remaining-requests", String(standing.requests.remaining)),
            ("x-ratelimit-reset-requests", reset(standing.requests)),
            ("x-ratelimit-limit-tokens", String(standing.input.limit)),
            ("x-ratelimit-remaining-tokens", String(standing.input.remaining)),
            ("x-ratelimit-reset-tokens", reset(standing.input)),
        ]
    }

    private static func fields(_ prefix: String, _ limit: Int, _ remaining: Int, _ full: Int64) -> [(String, String)] {
        // Whole seconds, rounded up: a client that waits until then finds the bucket full.
        let reset = Timestamp.text(full + 999_999_999)
        return [("\(prefix)-limit", String(limit)), ("\(prefix)-remaining", String(remaining)), ("\(prefix)-reset", reset)]
    }

    private static func thousands(_ tokens: Int) -> Int {
        (tokens + 500) / 1000 * 1000
    }
}
