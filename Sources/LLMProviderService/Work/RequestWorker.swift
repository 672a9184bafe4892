import Contracts
import CurlClient
import Logging
import Postgres
import Wire

/// Takes requests from the queue, calls vendors, and writes down at once what came of it.
struct RequestWorker: Sendable {
    let store: RequestStore
    let configuration: LLMProviderConfiguration
    let parser: SubmissionParser
    let http: CurlClient
    /// Rung when there may be something to claim.
    let work: Bell
    /// Rung when an event was written.
    let events: Bell
    let logger: Logger
    let lanes: Lanes
    let held = HeldClaims()
    let search = Search()

    // MARK: - One request

    /// Makes one attempt and writes what came of it, if need be again and again while the database can't take it.
    func process(_ claim: ClaimedRequest) async {
        let attempt = await attempt(claim)
        let end = ContinuousClock.now + configuration.storagePatience
        var pause: Duration = .milliseconds(100)
        while true {
            do {
                return try await settle(claim, attempt)
            } catch {
                logger.error("result not stored", metadata: ["request": "\(claim.id)", "reason": "\(error)"])
                // Without its worker the request is made again once its lease has run out.
                guard let code = (error as? PostgresError)?.code, code != .poolClosed, ContinuousClock.now < end else { return }
            }
            do {
                try await Task.sleep(for: pause * Double.random(in: 0.5...1))
            } catch {
                return
            }
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    private struct Attempt: Sendable {
        /// Nil for a request that can't be sent any more.
        let parsed: SubmissionParser.Parsed?
        let outcome: AttemptOutcome
        let latency: Duration

        static func unsent(_ kind: AttemptFailure.Kind, _ message: String) -> Attempt {
            Attempt(
                parsed: nil, outcome: .failure(AttemptFailure(kind: kind, message: message, remedy: .none)), latency: .zero)
        }
    }

    private func attempt(_ claim: ClaimedRequest) async -> Attempt {
        guard claim.attempts <= configuration.retry.maximumAttempts + configuration.retry.maximumDeaths else {
            return .unsent(.unreachable, "the workers that made the request died, \(claim.attempts - 1) times")
        }
        let parsed: SubmissionParser.Parsed
        do throws(RPCError) {
            parsed = try parser.parse(claim.request)
        } catch {
            // The request was checked when it was taken on; that it no longer passes means that the configuration has changed.
            return .unsent(.invalidRequest, error.message)
        }
        let vendor = parsed.provider.dialect.vendor
        let request = HTTPRequest(
            method: "POST", url: parsed.provider.baseURL + vendor.path, headers: vendor.headers(key: parsed.provider.apiKey),
            body: vendor.body(parsed.call), connectTimeout: configuration.connectTimeout, timeout: configuration.callTimeout,
            maxResponseBytes: configuration.maximumReplyBytes)
        let began = ContinuousClock.now
        do throws(CurlError) {
            let response = try await http.send(request)
            return Attempt(
                parsed: parsed, outcome: outcome(of: response, to: parsed, from: vendor), latency: began.duration(to: .now))
        } catch {
            return Attempt(parsed: parsed, outcome: .failure(Self.failure(error)), latency: began.duration(to: .now))
        }
    }

    private func outcome(
        of response: HTTPResponse, to parsed: SubmissionParser.Parsed, from vendor: any VendorDialect
    ) -> AttemptOutcome {
        switch vendor.outcome(of: response, schema: parsed.schema) {
        case .reply(let reply): .reply(reply)
        case .failure(let failure):
            .failure(failure.withholding(key: parsed.provider.apiKey, prompt: parsed.call.blocks))
        }
    }

    private static func failure(_ error: CurlError) -> AttemptFailure {
        switch error.code {
        case .invalidURL, .invalidRequest:
            AttemptFailure(kind: .invalidRequest, message: error.message, remedy: .none)
        case .responseTooLarge, .protocolViolation:
            AttemptFailure(kind: .unreadableReply, message: error.message, remedy: .retry)
        case .couldNotResolve, .couldNotConnect, .timeout, .tls, .connectionLost, .cancelled, .overloaded, .shutDown,
            .internalFailure:
            AttemptFailure(kind: .unreachable, message: "the provider can't be reached: \(error.message)", remedy: .retry)
        }
    }

    private func settle(_ claim: ClaimedRequest, _ attempt: Attempt) async throws {
        switch attempt.outcome {
        case .reply(let reply):
            try await finish(
                claim, attempt.outcome, usage: claim.usage + reply.usage, provider: attempt.parsed, latency: attempt.latency)
        case .failure(let failure):
            let usage = claim.usage + failure.usage
            let step = configuration.retry.step(
                after: failure, paidCalls: claim.request.maxPaidCalls == 0 ? nil : Int64(claim.request.maxPaidCalls),
                attempts: claim.attempts, waits: claim.waits, chance: .random(in: 0...1))
            logger.info(
                "attempt failed",
                metadata: [
                    "request": "\(claim.id)", "attempt": "\(claim.attempts)", "kind": "\(failure.kind.rawValue)",
                    "status": "\(failure.httpStatus)", "then": "\(step)",
                ])
            switch step {
            case .giveUp:
                try await finish(claim, attempt.outcome, usage: usage, provider: attempt.parsed, latency: attempt.latency)
            case .retry(let pause):
                try await store.postpone(claim, by: pause, countsAsAttempt: true, usage: usage)
            case .wait(let pause):
                lanes.pause(claim.request.provider, for: pause)
                try await store.postpone(claim, by: pause, countsAsAttempt: false, usage: usage)
            }
        }
    }

    private func finish(
        _ claim: ClaimedRequest, _ outcome: AttemptOutcome, usage: TokenUsage, provider: SubmissionParser.Parsed?,
        latency: Duration
    ) async throws {
        let result = LLMV1.Result(claim, outcome: outcome, usage: usage, provider: provider, latency: latency)
        let isSuccess = if case .reply = outcome { true } else { false }
        guard try await store.finish(claim, with: result, isSuccess: isSuccess) else {
            return logger.warning("result dropped: the request is another worker's by now", metadata: ["request": "\(claim.id)"])
        }
        events.ring()
    }
}
