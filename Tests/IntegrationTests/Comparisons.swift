import CJCore
import Contracts
import Testing

extension LLMV1.SubmitRequest {
    /// A comparison of two essays of their own for an assessment of one task, by the simulated judge.
    static func comparison(_ number: Int, task: String) throws -> LLMV1.SubmitRequest {
        let template = try #require(PromptTemplate(language: "en"))
        let format = ReplyFormat(for: template)
        let prompt = template.prompt(
            question: task, rubric: nil, first: "The sea, \(number).", second: "The land, \(number).")
        return LLMV1.SubmitRequest(
            requestID: "r\(number)", owner: "class-9b", provider: "simulated", model: "simulated-judge", maxOutputTokens: 256,
            blocks: prompt.blocks.map { block in
                LLMV1.PromptBlock(
                    target: block.target == .system ? .system : .user, text: Array(block.text.utf8),
                    cacheMark: block.isCacheable ? .fiveMinutes : .none, varies: block.target == .user)
            },
            replyFormat: LLMV1.ReplyFormat(
                name: format.toolName, description: Array(format.description.utf8), jsonSchema: Array(format.jsonSchema.utf8)))
    }
}
