import ServiceKit

/// What comes of calls to vendors, and what they use and cost.
struct CallMetrics: Sendable {
    /// Statuses of HTTP that are told apart: those that vendors give a meaning.
    private static let statuses: Set = [
        200, 400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529,
    ]

    let attempts = CounterFamily(
        "llm_provider_attempts_total", help: "Calls by what came of them: success, or the type of error.",
        labels: ["provider", "model", "outcome"])
    let errors = CounterFamily(
        "llm_provider_api_errors_total", help: "Calls that brought no reply; the status is none where there was no answer.",
        labels: ["provider", "error_type", "http_status_code"])
    let responseSeconds = HistogramFamily(
        "llm_provider_response_duration_seconds", help: "From a call's beginning until its answer, of whatever kind.",
        labels: ["provider", "model"], bounds: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300])
    let pauseSeconds = HistogramFamily(
        "llm_provider_retry_pause_seconds",
        help: "Pauses before another call: wait where the vendor has said how long and the call does not count, else retry.",
        labels: ["provider", "kind"], bounds: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300])
    let tokens = CounterFamily(
        "llm_provider_tokens_used_total", help: "Tokens that vendors say they have used.",
        labels: ["provider", "model", "token_type"])
    let cost = CounterFamily(
        "llm_provider_cost_dollars_total",
        help: "What calls cost by their usage; of simulated ones what they would have cost.",
        labels: ["provider", "model", "simulated"], decimals: 9)
    let unpriced = CounterFamily(
        "llm_provider_unpriced_calls_total", help: "Calls that used tokens whose price is not known.",
        labels: ["provider", "model"])
    let saved = CounterFamily(
        "llm_provider_prompt_cache_savings_dollars_total",
        help: "What tokens read from the vendor's cache would have cost more as plain input.",
        labels: ["provider", "model", "simulated"], decimals: 9)
    let surcharge = CounterFamily(
        "llm_provider_prompt_cache_surcharge_dollars_total",
        help: "What tokens written to the vendor's cache cost more than as plain input.",
        labels: ["provider", "model", "simulated"], decimals: 9)

    var families: [any MetricFamily] {
        [attempts, errors, responseSeconds, pauseSeconds, tokens, cost, unpriced, saved, surcharge]
    }

    func expect(_ provider: ProviderConfiguration) {
        errors.add(0, provider.name, AttemptFailure.Kind.rateLimited.rules.label, "429")
    }

    func expect(_ labels: MetricLabels) {
        for kind in [AttemptFailure.Kind.authentication, .billing] {
            attempts.add(0, labels.provider, labels.model, kind.rules.label)
        }
    }

    /// A call has ended.
    ///
    /// - Parameters:
    ///   - latency: nil where it came in a batch, which also has a price of its own.
    ///   - day: on which it began.
    func ended(_ outcome: AttemptOutcome, of parsed: SubmissionParser.Parsed, after latency: Duration?, on day: Day) {
        let labels = MetricLabels(parsed)
        attempts.add(1, labels.provider, labels.model, outcome.failure?.kind.rules.label ?? "success")
        if let latency { responseSeconds.observe(latency, labels.provider, labels.model) }
        if let failure = outcome.failure {
            errors.add(1, labels.provider, failure.kind.rules.label, Self.label(ofStatus: failure.httpStatus))
        }
        let usage = outcome.usage
        guard usage != TokenUsage() else { return }
        count(usage, labels)
        guard let tariff = parsed.call.model.prices?.tariff(on: day) else {
            return unpriced.add(1, labels.provider, labels.model)
        }
        let isSimulated = parsed.provider.isSimulated ? "true" : "false"
        for (family, nanodollars) in [
            (cost, tariff.cost(of: usage)), (saved, tariff.readSavings(of: usage)), (surcharge, tariff.writeSurcharge(of: usage)),
        ] {
            let paid = latency == nil ? tariff.inBatch(nanodollars) : nanodollars
            family.add(UInt64(clamping: paid), labels.provider, labels.model, isSimulated)
        }
    }

    private func count(_ usage: TokenUsage, _ labels: MetricLabels) {
        let written = usage.cacheWriteFiveMinutes + usage.cacheWriteOneHour
        for (type, count) in [
            ("input", usage.input), ("output", usage.output), ("cache_read", usage.cacheRead), ("cache_write", written),
        ] where count > 0 {
            tokens.add(UInt64(count), labels.provider, labels.model, type)
        }
    }

    /// A request is to be tried again, or not.
    func decided(_ step: RetryPolicy.Step, _ labels: MetricLabels) {
        switch step {
        case .giveUp: break
        case .retry(let pause): pauseSeconds.observe(pause, labels.provider, "retry")
        case .wait(let pause): pauseSeconds.observe(pause, labels.provider, "wait")
        }
    }

    private static func label(ofStatus status: Int) -> String {
        guard status != 0 else { return "none" }
        return statuses.contains(status) ? "\(status)" : CounterFamily.otherValue
    }
}
