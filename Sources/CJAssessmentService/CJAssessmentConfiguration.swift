/// Limits and defaults of the assessment service.
public struct CJAssessmentConfiguration: Sendable, Hashable {
    /// Essays in one assessment, anchors among them.
    public var maximumEssays = 1000
    /// Bytes of one essay.
    public var maximumEssayBytes = 256 << 10
    /// Bytes of all essays of one assessment together.
    public var maximumPileBytes = 48 << 20
    /// How long essays are kept for an assessment that is never started, in seconds.
    public var uploadLifetimeSeconds = 7 * 86_400
    /// Bytes of the question and of the rubric, each.
    public var maximumInstructionBytes = 64 << 10
    /// Judgements that one assessment may ask for.
    public var maximumComparisons = 100_000
    /// Seconds that may be given as an assessment's limit: a year.
    public var maximumSeconds: Int64 = 365 * 86_400
    /// Comparisons with the judge at once, where the caller did not say.
    public var defaultInFlight = 16
    /// Comparisons with the judge at once, at most.
    public var maximumInFlight = 256
    /// Reliability at which an assessment has converged, where the caller did not say.
    public var defaultTargetReliability = 0.85
    /// Tokens that a verdict may take, where the caller did not say.
    public var defaultMaximumOutputTokens = 512
    /// Judgements per essay after which an assessment ends whatever it has reached, where the caller did not say.
    public var defaultComparisonsPerEssay = 10
    /// Requests that one comparison may take before it is given up.
    public var maximumAttempts = 3
    /// Failed requests in a row after which the judge is given up; never fewer than the comparisons in flight.
    public var minimumFailuresToGiveUp = 8
    /// How long one call to the provider service may take.
    public var callTimeout: Duration = .seconds(20)
    /// How long a result may take before the provider service is asked for it.
    public var resultPatienceSeconds: Int64 = 600
    /// How often running assessments are looked at when nothing has happened.
    public var sweepInterval: Duration = .seconds(1)
    /// Requests handed to the provider service at once.
    public var submissionsAtOnce = 16
    /// How long a request stays the process's that claimed it, while that has not said whether it was handed over. Where it was only
    /// slow, the request is handed over twice and taken on once, so this need not be long.
    public var claimLifetimeSeconds: Int64 = 5
    /// Assessments weighed at once; a large one takes seconds of a processor.
    public var decisionsAtOnce = 2
    /// Results recorded in one unit of work.
    public var resultsAtOnce = 200

    public init() {}
}
