import CJCore
import Contracts

/// What one comparison will probably cost, and what one call can cost at most, from the lengths of the texts and the model's prices.
///
/// Tokens are taken as bytes divided by 3.5, near what current tokenizers make of European school writing, plus what a tool definition
/// adds. The static part is priced as read from the cache where it is long enough to be kept there.
///
/// At most, a token stands for two bytes, nothing is in the cache and all of the prompt is written to it, the two longest essays meet, and
/// the reply is as long as it may be.
struct CostEstimate: Sendable {
    private static let bytesPerToken = 3.5
    private static let fewestBytesPerToken = 2.0
    private static let toolTokens = 300.0
    private static let verdictTokens = 120.0

    /// Nano-dollars; nil where the model's price is not known.
    let nanodollarsPerComparison: Int64?
    /// Nano-dollars; nil where the model's price is not known.
    let nanodollarsPerCallAtMost: Int64?

    /// - Parameter isByBatch: the judge is asked in batches, at their price.
    init(plan: AssessmentPlan, model: LLMV1.DescribeModelResponse, isByBatch: Bool = false) {
        guard let prices = model.prices,
            let template = PromptTemplate(language: plan.instructions.language, levels: plan.judge.levels)
        else {
            nanodollarsPerComparison = nil
            nanodollarsPerCallAtMost = nil
            return
        }
        let empty = template.prompt(question: plan.instructions.question, rubric: plan.instructions.rubric, first: "", second: "")
        let staticBytes = empty.blocks.reduce(0) { $0 + $1.text.utf8.count }
        let essayBytes = plan.essays.reduce(0) { $0 + $1.text.utf8.count } / plan.essays.count * 2
        let staticTokens = Double(staticBytes) / Self.bytesPerToken + Self.toolTokens
        let isCached = model.minimumCacheableTokens > 0 && staticTokens >= Double(model.minimumCacheableTokens)
        let cost =
            staticTokens * Double(isCached ? prices.cacheRead : prices.input)
            + Double(essayBytes) / Self.bytesPerToken * Double(prices.input)
            + Self.verdictTokens * Double(prices.output)
        let part = isByBatch ? Double(prices.batchPercent) / 100 : 1
        nanodollarsPerComparison = max(1, Int64((cost * part).rounded()))
        let longest = plan.essays.map(\.text.utf8.count).sorted(by: >).prefix(2).reduce(0, +)
        let mostTokens = Double(staticBytes + longest) / Self.fewestBytesPerToken + 2 * Self.toolTokens
        let dearest = [prices.input, prices.cacheWriteFiveMinutes, prices.cacheWriteOneHour].reduce(0, max)
        let most = mostTokens * Double(dearest) + Double(plan.judge.maximumOutputTokens) * Double(prices.output)
        nanodollarsPerCallAtMost = max(1, Int64((most * part).rounded(.up)))
    }
}
