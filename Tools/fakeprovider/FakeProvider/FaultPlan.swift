/// What goes wrong on purpose.
///
/// A request that is valid and authentic meets, in this order: ``always``; the next entry of ``script``, while there is one; a draw
/// from ``probabilities``. The draw depends on the seed, the prompt and how often this prompt has come, not on the order in which
/// different prompts arrive, so a run under load meets the same faults every time.
public struct FaultPlan: Sendable, Equatable {
    /// One thing to go wrong.
    public enum Fault: Sendable, Equatable {
        /// 429 with `retry-after` in seconds.
        case rateLimited(retryAfter: Int)
        /// 429 with `retry-after` and the code `ramp_limit_exceeded`.
        case rampLimited(retryAfter: Int)
        /// 429 without `retry-after` and with the code `enforced_spend_limit_reached`: it does not go away.
        case spendLimit
        /// 400 that says a usage limit of the customer's own making is reached.
        case usageLimit
        /// 529.
        case overloaded
        /// 500, 502, 503 or 504.
        case serverError(status: Int)
        /// 200 with a body that is not JSON.
        case garbageBody
        /// 200 with JSON of another shape.
        case wrongShape
        /// 200 whose body ends half-way with the connection.
        case truncatedBody
        /// The connection is reset after the request was read, instead of an answer.
        case resetBeforeAnswer
        /// The connection is reset when the request's head has come, before its body was read. Only in a script.
        case resetBeforeReading
        /// The right answer, later.
        case slow(Duration)
        /// The right answer in pieces of `bytes`, one per `interval`.
        case drip(bytes: Int, interval: Duration)
        /// 200 with `stop_reason` `refusal`.
        case refusal
        /// 200 cut off with `stop_reason` `max_tokens`.
        case maxTokens
        /// A verdict outside the schema.
        case invalidVerdict
        /// Prose where a tool call was forced.
        case proseVerdict
        /// A stream that ends half-way with an error event; an answer that is not streamed is left alone.
        case streamError
    }

    /// One of the probabilities.
    public struct Likelihood: Sendable, Equatable {
        /// What goes wrong.
        public var fault: Fault
        /// How likely, from zero to one.
        public var probability: Double

        /// Creates a likelihood.
        public init(_ fault: Fault, _ probability: Double) {
            precondition((0...1).contains(probability), "a probability lies between zero and one")
            self.fault = fault
            self.probability = probability
        }
    }

    /// What happens to every request, for ever.
    public var always: Fault?
    /// What happens to the first requests, in order of arrival; nil lets one pass.
    public var script: [Fault?]
    /// What happens by chance after the script. The probabilities add up to at most one.
    public var probabilities: [Likelihood]

    /// Creates a plan; without arguments nothing goes wrong.
    public init(always: Fault? = nil, script: [Fault?] = [], probabilities: [Likelihood] = []) {
        precondition(probabilities.reduce(0) { $0 + $1.probability } <= 1 + 1e-9, "probabilities add up to at most one")
        self.always = always
        self.script = script
        self.probabilities = probabilities
    }

    /// The fault for which `uniform`, between zero and one, falls into its share of the line.
    func fault(at uniform: Double) -> Fault? {
        var upper = 0.0
        for likelihood in probabilities {
            upper += likelihood.probability
            if uniform < upper { return likelihood.fault }
        }
        return nil
    }
}
