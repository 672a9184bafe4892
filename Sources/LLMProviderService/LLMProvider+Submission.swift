public import Contracts
import Postgres
public import Wire

extension LLMProvider {
    /// Encoded bytes of all requests that are submitted together, at most; more would not fit into a frame that peers take.
    static let mostBytesTogether = 3 << 20

    public func submit(_ request: LLMV1.SubmitRequest, context: ServerContext) async throws -> LLMV1.SubmitResponse {
        try await takeOn([LLMV1.Submission(request: request)], context.metadata)[0].get()
    }

    public func submitMany(
        _ request: LLMV1.SubmitManyRequest, context: ServerContext
    ) async throws -> LLMV1.SubmitManyResponse {
        let submissions = request.submissions
        guard (1...SubmissionIntake.mostTogether).contains(submissions.count) else {
            throw RPCError(
                .invalidArgument, "submissions: expected 1 to \(SubmissionIntake.mostTogether), got \(submissions.count)")
        }
        let answers = try await takeOn(submissions, context.metadata).map { decision in
            do {
                return LLMV1.SubmitAnswer(outcome: .response(try decision.get()))
            } catch let error as RPCError {
                return LLMV1.SubmitAnswer(outcome: .error(LLMV1.SubmitError(error)))
            }
        }
        return LLMV1.SubmitManyResponse(answers: answers)
    }

    // MARK: - Taking on

    /// A request on its way: what it is offered as, or what is wrong with it.
    private struct Applicant {
        let request: LLMV1.SubmitRequest
        let content: [UInt8]
        let offer: Result<(RequestStore.Offer, SubmissionParser.Parsed), RPCError>
    }

    /// Takes requests on together.
    ///
    /// - Returns: one answer for each; an error where it is not taken on.
    /// - Throws: `INVALID_ARGUMENT` where there are too many bytes; what keeps the service from answering for any of them.
    private func takeOn(
        _ submissions: [LLMV1.Submission], _ metadata: Metadata
    ) async throws -> [Result<LLMV1.SubmitResponse, any Error>] {
        let contents = try submissions.map { try ($0.request ?? LLMV1.SubmitRequest()).encoded() }
        let bytes = contents.reduce(0) { $0 + $1.count }
        guard contents.count == 1 || bytes <= Self.mostBytesTogether else {
            throw RPCError(.invalidArgument, "submissions: expected at most \(Self.mostBytesTogether) bytes in all, got \(bytes)")
        }
        let applicants = zip(submissions, contents).map { applicant($0, content: $1, metadata) }
        let offers = applicants.compactMap { if case .success(let offer) = $0.offer { offer.0 } else { nil } }
        // What was taken on stays so, whatever has become of its provider's configuration since.
        let faulty = applicants.filter { if case .failure = $0.offer { true } else { false } }.map(\.request.requestID)
        let known = faulty.isEmpty ? [:] : try await store.known(faulty)
        var decisions = try await intake.submit(offers)[...]
        let answers = applicants.map { applicant -> Result<LLMV1.SubmitResponse, any Error> in
            switch applicant.offer {
            case .success(let (_, parsed)):
                let decision = decisions.removeFirst()
                return Result { try answer(to: applicant.request, parsed, decision) }
            case .failure(let fault):
                guard let earlier = known[applicant.request.requestID] else {
                    metrics.requests.refused(.invalid)
                    return .failure(fault)
                }
                return Result { try answer(to: applicant.request, earlier.submission(of: applicant.content)) }
            }
        }
        return answers
    }

    private func applicant(_ submission: LLMV1.Submission, content: [UInt8], _ metadata: Metadata) -> Applicant {
        let request = submission.request ?? LLMV1.SubmitRequest()
        let offer = Result { () throws(RPCError) in
            let parsed = try parser.parse(request)
            let origin = try RequestOrigin(submission, in: metadata, request: request.requestID)
            // A batch has no part in the limits of a minute.
            if parsed.dispatch != .byBatch { try checkSize(parsed) }
            return (
                RequestStore.Offer(
                    request: request, content: content, origin: origin, cost: mostCost(of: request, parsed),
                    isSimulated: parsed.provider.isSimulated, life: parsed.life), parsed
            )
        }
        return Applicant(request: request, content: content, offer: offer)
    }

    /// The answer to a request that was offered.
    private func answer(
        to request: LLMV1.SubmitRequest, _ parsed: SubmissionParser.Parsed, _ decision: RequestStore.Decision
    ) throws -> LLMV1.SubmitResponse {
        do {
            let submission = try decision.get()
            if case .accepted = submission {
                metrics.requests.accepted(MetricLabels(parsed))
                watch.look(at: request, parsed: parsed)
                work.ring()
            }
            return try answer(to: request, submission)
        } catch let full as QueueBounds.Full {
            metrics.requests.overflowed(full)
            throw full.error(retryAfter: configuration.fullQueuePause)
        } catch let refusal as Account.Refusal {
            metrics.requests.refused(refusal.label)
            throw refusal.error
        }
    }

    private func answer(
        to request: LLMV1.SubmitRequest, _ submission: RequestStore.Submission
    ) throws -> LLMV1.SubmitResponse {
        switch submission {
        case .accepted: return LLMV1.SubmitResponse(state: .queued, alreadyKnown: false)
        case .known(let state): return LLMV1.SubmitResponse(state: state, alreadyKnown: true)
        case .differs:
            throw RPCError(.alreadyExists, "request_id: a request with other content has the id \(request.requestID.echoed)")
        }
    }

    // MARK: - What requests may take

    /// The most that a request can cost: nothing where it is simulated; nil where its price is not known.
    private func mostCost(of request: LLMV1.SubmitRequest, _ parsed: SubmissionParser.Parsed) -> Int64? {
        guard !parsed.provider.isSimulated else { return 0 }
        let calls = configuration.retry.mostPaidCalls(asked: request.maxPaidCalls)
        return CostCeiling.nanodollars(of: parsed.call, paidCalls: calls, from: .today, isByBatch: parsed.dispatch == .byBatch)
    }

    /// Refuses what would wait for ever.
    func checkSize(_ parsed: SubmissionParser.Parsed) throws(RPCError) {
        do throws(Pacer.Oversize) {
            try lanes.check(parsed)
        } catch {
            throw RPCError(
                .invalidArgument,
                """
                request: it takes about \(error.need) \(error.dimension.rawValue), more than the \(error.limit) a minute that \
                \(parsed.provider.name) allows
                """)
        }
    }
}

extension LLMV1.SubmitError {
    init(_ error: RPCError) {
        self.init(
            code: error.code.rawValue, message: error.message, refused: error.isRefused,
            retryAfterMilliseconds: error.retryAfter.map { UInt64(max(0, $0 / .milliseconds(1))) } ?? 0)
    }
}
