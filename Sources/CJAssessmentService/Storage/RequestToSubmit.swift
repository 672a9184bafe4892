package import CJCore
package import Contracts
private import Crypto
package import Wire

/// A request that has been claimed and is to be handed to the provider service.
package struct RequestToSubmit: Sendable {
    package let id: String
    package let assessment: String
    package let comparison: Int64
    package let attempt: Int64
    /// An earlier hand-over had no clear end: the provider service may have the request already.
    package let isUnclear: Bool
    /// Which of the request's claims this is, from one: who holds an older one gives nothing back.
    package let claim: Int64
    package let judge: AssessmentPlan.Judge
    package let prompt: Prompt
    package let replyFormat: ReplyFormat
    /// Requests of the assessment that are to be expected at the least: as many as it has essays. It does not follow the budget, which may
    /// change between two hand-overs of one request.
    package let expectedRequests: Int
    /// Who pays; empty for the provider service's default.
    package let tenant: String
    /// It goes to the vendor in batches.
    package let isByBatch: Bool

    package init(
        id: String, assessment: String, comparison: Int64, attempt: Int64, isUnclear: Bool, claim: Int64,
        judge: AssessmentPlan.Judge,
        prompt: Prompt, replyFormat: ReplyFormat, expectedRequests: Int, tenant: String = "", isByBatch: Bool = false
    ) {
        self.id = id
        self.assessment = assessment
        self.comparison = comparison
        self.attempt = attempt
        self.isUnclear = isUnclear
        self.claim = claim
        self.judge = judge
        self.prompt = prompt
        self.replyFormat = replyFormat
        self.expectedRequests = expectedRequests
        self.tenant = tenant
        self.isByBatch = isByBatch
    }

    /// What the request is part of: an assessment is one trace, whichever process of whichever life hands its requests over, and what is
    /// done with them correlates by its id.
    package var metadata: Metadata {
        let trace = TraceContext(digest: Array(SHA256.hash(data: Array("huleedu assessment \(assessment)".utf8))))
        return Metadata([(TraceContext.key, trace.traceparent), ("correlation-id", assessment)])
    }

    package var contract: LLMV1.SubmitRequest {
        LLMV1.SubmitRequest(
            requestID: id,
            owner: assessment,
            provider: judge.provider,
            model: judge.model,
            temperature: judge.temperature,
            maxOutputTokens: UInt32(judge.maximumOutputTokens),
            blocks: prompt.blocks.map { block in
                LLMV1.PromptBlock(
                    target: block.target == .system ? .system : .user, text: Array(block.text.utf8),
                    cacheMark: block.cacheMark.contract, varies: block.target == .user)
            },
            replyFormat: LLMV1.ReplyFormat(
                name: replyFormat.toolName, description: Array(replyFormat.description.utf8),
                jsonSchema: Array(replyFormat.jsonSchema.utf8)),
            // Whether a reply that is of no use is asked for again is this service's own decision: it keeps the budget.
            maxPaidCalls: 1,
            expectedRequests: UInt32(expectedRequests), tenant: tenant, dispatch: isByBatch ? .byBatch : .unspecified)
    }
}

extension PromptBlock.CacheMark {
    var contract: LLMV1.CacheMark {
        switch self {
        case .none: .none
        case .fiveMinutes: .fiveMinutes
        case .oneHour: .oneHour
        }
    }
}
