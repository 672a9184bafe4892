/// Answers questions in place of a language model: with a verdict where two essays are to be compared, with something that fits the
/// form elsewhere.
struct Answerer: Sendable {
    let judge: SimulatedJudge

    func answer(_ question: Question, fault: FaultPlan.Fault?) throws(ProviderError) -> Completion {
        guard question.maxTokens > 0 else { return Completion(content: [], stopReason: .maxTokens, outputTokens: 0) }
        if fault == .refusal { return Completion(content: [], stopReason: .refusal, outputTokens: 0) }
        if fault == .proseVerdict {
            return finish(.text("SIMULATED reply in prose: both essays have their merits."), question, nil)
        }

        switch question.form {
        case .tool(let tool): return try call(tool, question, fault)
        case .json(let schema):
            let (value, verdict) = try fill(schema, question, fault)
            return finish(.text(String(decoding: value.encoded, as: UTF8.self)), question, verdict, isCut: fault == .maxTokens)
        case .free:
            if let tool = question.tools.first(where: { VerdictForm($0.schema) != nil }) {
                return try call(tool, question, fault)
            }
            let text = "SIMULATED reply, not a language model's: the prompt has SHA-256 \(question.promptSHA256)."
            return finish(.text(text), question, nil, isCut: fault == .maxTokens)
        }
    }

    private func call(_ tool: Question.Tool, _ question: Question, _ fault: FaultPlan.Fault?) throws(ProviderError) -> Completion
    {
        let (input, verdict) = try fill(tool.schema, question, fault)
        return finish(.toolCall(name: tool.name, input: input), question, verdict, isCut: fault == .maxTokens)
    }

    private func fill(
        _ schema: JSON, _ question: Question, _ fault: FaultPlan.Fault?
    ) throws(ProviderError) -> (value: JSON, verdict: String?) {
        guard let form = VerdictForm(schema) else { return (SchemaFiller.value(for: schema), nil) }
        guard let essays = EssayFence.essays(in: question.userText) else {
            throw .invalid(
                "simulated judge: the prompt asks for a winner but holds no two essays between lines =====BEGIN ESSAY 1 …=====")
        }
        let opinion = judge.judge(essays, prompt: question.promptSHA256)
        let verdict = opinion.prefersFirst ? "first" : "second"
        return (form.value(opinion, winner: fault == .invalidVerdict ? "neither of them" : nil), verdict)
    }

    /// Cuts the answer off where `max_tokens` ends it. A tool call that is cut off has lost its input.
    private func finish(
        _ content: Completion.Content, _ question: Question, _ verdict: String?, isCut: Bool = false
    ) -> Completion {
        let estimate = TokenEstimate(bytesPerToken: question.model.bytesPerToken)
        let byteCount =
            switch content {
            case .text(let text): text.utf8.count
            case .toolCall(let name, let input): name.utf8.count + input.encoded.count
            }
        let tokens = estimate.tokens(byteCount) + TokenEstimate.overheadPerPiece
        guard isCut || tokens > question.maxTokens else {
            let reason: Completion.StopReason = if case .toolCall = content { .toolUse } else { .endTurn }
            return Completion(content: [content], stopReason: reason, outputTokens: tokens, verdict: verdict)
        }
        let kept = min(question.maxTokens, tokens / 2)
        let rest: Completion.Content =
            switch content {
            case .text(let text): .text(String(text.prefix(Int(Double(kept) * question.model.bytesPerToken))))
            case .toolCall(let name, _): .toolCall(name: name, input: .object([]))
            }
        return Completion(content: [rest], stopReason: .maxTokens, outputTokens: kept, verdict: nil)
    }
}
