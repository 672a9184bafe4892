import CJCore
import Contracts

/// A request that has been claimed and is to be handed to the provider service.
struct RequestToSubmit: Sendable {
    let id: String
    let assessment: String
    let comparison: Int64
    let attempt: Int64
    /// An earlier hand-over had no clear end: the provider service may have the request already.
    let isUnclear: Bool
    let judge: AssessmentPlan.Judge
    let prompt: Prompt
    let replyFormat: ReplyFormat

    var contract: LLMV1.SubmitRequest {
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
                    cacheMark: block.cacheMark.contract)
            },
            replyFormat: LLMV1.ReplyFormat(
                name: replyFormat.toolName, description: Array(replyFormat.description.utf8),
                jsonSchema: Array(replyFormat.jsonSchema.utf8)),
            // Whether a reply that is of no use is asked for again is this service's own decision: it keeps the budget.
            maxPaidCalls: 1)
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
