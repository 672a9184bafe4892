import Contracts
import Logging
import Synchronization

/// Tells an operator of blocks that are said to stay the same and do not.
final class StaticBlockWatch: Sendable {
    private let blocks = Mutex(StaticBlocks())
    private let metrics: LLMProviderMetrics
    private let logger: Logger

    init(metrics: LLMProviderMetrics, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    /// Looks at a request that was taken on. Each change is counted; the log has one line for each block of an assessment.
    func look(at request: LLMV1.SubmitRequest, parsed: SubmissionParser.Parsed) {
        for change in blocks.withLock({ $0.changes(in: request) }) {
            metrics.prompts.changed(change, MetricLabels(parsed))
            guard change.isFirst else { continue }
            logger.warning(
                """
                a block that is said to stay the same is another than in the request before: what is written to the vendor's cache up to \
                it is never read
                """,
                metadata: [
                    "owner": "\(request.owner)", "provider": "\(parsed.provider.name)", "block": "blocks[\(change.place)]",
                    "before": "\(change.before)", "after": "\(change.after)",
                ])
        }
    }
}
