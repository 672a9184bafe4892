package import Logging
import Wire

/// Hands comparisons to the provider service.
///
/// A request is claimed before it is handed over and marked when the provider service has stored it. One that is claimed and not
/// marked, because a process died in between, is handed over again: the provider service knows its id and takes it on once.
package struct ComparisonSubmitter<Store: WorkflowStore, Taker: RequestTaker>: Sendable {
    let store: Store
    let taker: Taker
    /// Requests handed over at once.
    let atOnce: Int
    /// After this long without a mark, a claim is taken to be a dead process's.
    let claimLifetimeSeconds: Int64
    let logger: Logger
    private let pauses: TenantPauses

    /// - Parameter pauses: of tenants whose requests the provider service has no room for now.
    package init(
        store: Store, taker: Taker, atOnce: Int, claimLifetimeSeconds: Int64, pauses: TenantPauses = TenantPauses(),
        logger: Logger
    ) {
        self.store = store
        self.taker = taker
        self.atOnce = atOnce
        self.claimLifetimeSeconds = claimLifetimeSeconds
        self.pauses = pauses
        self.logger = logger
    }

    /// Hands over what waits for it, so many at once; one that is slow holds up none of the others.
    ///
    /// - Returns: how many requests were taken on; zero when there was none, or the provider service can't take more now.
    package func submitNext() async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var underWay = 0
            var accepted = 0
            var isHeldOff = false
            while true {
                // Topped up by halves, so that a claim is for many.
                if !isHeldOff, underWay <= atOnce / 2 {
                    let batch = try await store.claimRequests(
                        limit: atOnce - underWay, claimLifetimeSeconds: claimLifetimeSeconds, besides: pauses.tenants)
                    for request in batch { group.addTask { try await handOver(request) } }
                    underWay += batch.count
                }
                guard underWay > 0, let isAccepted = try await group.next() else { return isHeldOff ? 0 : accepted }
                underWay -= 1
                accepted += isAccepted ? 1 : 0
                isHeldOff = isHeldOff || !isAccepted
            }
        }
    }

    /// Hands one request over and writes down what became of that.
    ///
    /// - Returns: whether there is reason to go on: false when it will have to be tried again.
    private func handOver(_ request: RequestToSubmit) async throws -> Bool {
        switch await submit(request) {
        case .success:
            try await store.markSubmitted(request)
            return true
        case .failure(let error):
            return try await settle(request, after: error)
        }
    }

    private func submit(_ request: RequestToSubmit) async -> Result<Void, any Error> {
        do {
            try await taker.submit(request)
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// A request that was not taken on: refused for good, or to be tried again.
    ///
    /// - Returns: whether it is refused for good.
    private func settle(_ request: RequestToSubmit, after error: any Error) async throws -> Bool {
        guard let error = error as? RPCError, Self.isFinal(error.code) else {
            logger.warning("request not handed over yet", metadata: ["request": "\(request.id)", "reason": "\(error)"])
            let refusal = error as? RPCError
            if let pause = refusal?.retryAfter { pauses.begin(request.tenant, for: pause) }
            try await store.releaseClaim(of: request, wasRefused: refusal?.isRefused ?? false)
            return false
        }
        logger.error("request refused", metadata: ["request": "\(request.id)", "reason": "\(error)"])
        try await store.recordRefusal(of: request, effect: Self.effect(of: error))
        return true
    }

    /// What a refusal for good means: that of one request only its comparison, one for want of money the end, and anything else that the
    /// judge can't be used.
    private static func effect(of error: RPCError) -> ResultIntake.Effect {
        switch error.code {
        case .invalidArgument, .alreadyExists, .outOfRange: .giveUp(reason: error.message)
        case .failedPrecondition: .unaffordable(reason: error.message)
        default: .judgeUnusable(reason: error.message)
        }
    }

    /// Whether handing the same request over again could not end otherwise.
    private static func isFinal(_ code: StatusCode) -> Bool {
        switch code {
        case .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .outOfRange, .permissionDenied, .unauthenticated,
            .unimplemented:
            true
        case .ok, .cancelled, .unknown, .deadlineExceeded, .resourceExhausted, .aborted, .internal, .unavailable, .dataLoss:
            false
        }
    }
}
