package import Logging

/// Asks after requests whose results are long in coming.
///
/// The provider service tells each result in its log, and keeps both through every death, so that this finds nothing as a rule. It is for
/// what no log can help: a provider service whose database was set back to an earlier day has never heard of a request that it took on.
package struct RequestMonitor<Store: WorkflowStore, Taker: RequestTaker>: Sendable {
    let store: Store
    let taker: Taker
    let recorder: ResultRecorder<Store>
    /// How long a result may take before it is asked for, and how long until it is asked for again.
    let patienceSeconds: Int64
    let logger: Logger

    package init(
        store: Store, taker: Taker, recorder: ResultRecorder<Store>, patienceSeconds: Int64, logger: Logger
    ) {
        self.store = store
        self.taker = taker
        self.recorder = recorder
        self.patienceSeconds = patienceSeconds
        self.logger = logger
    }

    /// - Returns: the assessments that have something new to decide about.
    package func askAfterOverdue() async throws -> Set<String> {
        var news: Set<String> = []
        for id in try await store.overdueRequests(patienceSeconds: patienceSeconds) {
            switch try await taker.standing(of: id) {
            case .underWay: break
            case .unknown:
                logger.warning(
                    "request handed over again",
                    metadata: ["request": "\(id)", "reason": "the provider service does not know it"])
                try await store.forgetHandOver(of: id)
            case .ended(let result):
                news.formUnion(
                    try await store.unit("record overdue result") { try await recorder.record([result], in: $0) })
            }
        }
        return news
    }
}
