import Contracts
import Wire

/// Turns a submitted request into a call with everything settled, or says what is wrong with it.
struct SubmissionParser: Sendable {
    private static let maximumBlocks = 32
    private static let maximumExpectedRequests = 1_000_000

    let configuration: LLMProviderConfiguration
    /// Whose pace says how long a run takes.
    let lanes: Lanes

    /// A request that can be sent, and to whom.
    struct Parsed: Sendable {
        let provider: ProviderConfiguration
        let call: VendorCall
        let schema: JSONSchema
        /// How long it may be without an answer.
        let life: Duration
        let dispatch: Dispatch
    }

    func parse(_ request: LLMV1.SubmitRequest) throws(RPCError) -> Parsed {
        try Self.identifier(request.requestID, "request_id")
        try Self.identifier(request.owner, "owner")
        if !request.tenant.isEmpty { try Self.identifier(request.tenant, "tenant") }
        let provider = try provider(request.provider)
        let model = try model(request.model, at: provider)
        if let temperature = request.temperature {
            guard temperature.isFinite, (0...2).contains(temperature) else {
                throw Self.fault("temperature", "expected 0 to 2, got \(temperature)")
            }
            guard model.acceptsTemperature else { throw Self.fault("temperature", "\(model.id) takes none") }
        }
        guard request.maxOutputTokens >= 1, request.maxOutputTokens <= model.maximumOutputTokens else {
            throw Self.fault(
                "max_output_tokens", "expected 1 to \(model.maximumOutputTokens), got \(request.maxOutputTokens)")
        }
        let (format, schema) = try format(request.replyFormat)
        guard request.expectedRequests <= Self.maximumExpectedRequests else {
            throw Self.fault(
                "expected_requests", "expected at most \(Self.maximumExpectedRequests), got \(request.expectedRequests)")
        }
        guard Self.priorities.contains(request.priority) else {
            throw Self.fault("priority", "expected a RequestPriority of this contract, got \(request.priority)")
        }
        let dispatch = try dispatch(request.dispatch, to: model, at: provider)
        let blocks = try blocks(request.blocks)
        let layout: PromptLayout
        do throws(PromptLayout.Fault) {
            layout = try PromptLayout(
                planning: blocks, for: model, overhead: format.byteCount,
                run: ExpectedRun(
                    requests: request.expectedRequests == 0 ? nil : Int64(request.expectedRequests),
                    interval: interval(of: blocks, for: model, at: provider, output: Int(request.maxOutputTokens))),
                on: .today)
        } catch {
            throw RPCError(.internal, "blocks: no layout that vendors take: \(error)")
        }
        return Parsed(
            provider: provider,
            call: VendorCall(
                model: model, temperature: request.temperature, maximumOutputTokens: Int(request.maxOutputTokens),
                layout: layout, format: format),
            schema: schema, life: life(request.timeoutMilliseconds), dispatch: dispatch)
    }

    private static let priorities: [LLMV1.RequestPriority] = [.unspecified, .high, .normal, .low]

    private func dispatch(
        _ asked: LLMV1.Dispatch, to model: ModelDescription, at provider: ProviderConfiguration
    ) throws(RPCError) -> Dispatch {
        guard let dispatch = Dispatch(asked) else {
            throw Self.fault("dispatch", "expected a Dispatch of this contract, got \(asked)")
        }
        if dispatch.startsByBatch {
            guard provider.dialect.takesBatches else {
                throw Self.fault("dispatch", "expected DISPATCH_IMMEDIATELY, as \(provider.name) takes no batches")
            }
            guard model.prices?.tariff(on: .today).batchPercent != nil else {
                throw Self.fault("dispatch", "expected DISPATCH_IMMEDIATELY, as \(model.id) takes no batches")
            }
        }
        return dispatch
    }

    private func life(_ milliseconds: UInt64) -> Duration {
        guard milliseconds > 0 else { return configuration.longestLife }
        // Within what a duration holds, and longer than anybody lives.
        return min(.milliseconds(Int64(clamping: milliseconds)), configuration.longestLife)
    }

    /// Least time between two requests whose beginning the vendor reads from its cache, in nanoseconds.
    private func interval(
        of blocks: [VendorCall.Block], for model: ModelDescription, at provider: ProviderConfiguration, output: Int
    ) -> Int64 {
        let counting = provider.dialect.vendor.counting
        let counted = counting == .used ? blocks.filter(\.varies) : blocks
        return lanes.interval(
            in: LaneID(provider, model: model),
            of: TokenEstimator.Request(
                model: TokenEstimator.Request.model(model, at: provider), bytes: counted.reduce(0) { $0 + $1.text.utf8.count },
                maximumOutputTokens: output, counting: counting))
    }

    func provider(_ name: String) throws(RPCError) -> ProviderConfiguration {
        guard ProviderName.isSound(name) else {
            throw Self.fault("provider", "\(ProviderName.expectation), got \(name.echoed)")
        }
        guard let provider = configuration.providers.first(where: { $0.name == name }) else {
            let names = configuration.providers.map(\.name).joined(separator: ", ")
            throw Self.fault("provider", "expected one of \(names), got \(name.echoed)")
        }
        return provider
    }

    func model(_ name: String, at provider: ProviderConfiguration) throws(RPCError) -> ModelDescription {
        guard !name.isEmpty, let model = ModelManifest.description(of: name, at: provider) else {
            let names = ModelManifest.names(of: provider).joined(separator: ", ")
            throw RPCError(.notFound, "model: \(provider.name) has no model \(name.echoed); known are \(names)")
        }
        return model
    }

    // MARK: - Parts

    static func identifier(_ text: String, _ field: String) throws(RPCError) {
        let isSound = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isSound, (1...100).contains(text.utf8.count) else {
            throw fault(field, "expected 1 to 100 characters of A–Z a–z 0–9 . _ : -")
        }
    }

    private func blocks(_ blocks: [LLMV1.PromptBlock]) throws(RPCError) -> [VendorCall.Block] {
        guard (1...Self.maximumBlocks).contains(blocks.count) else {
            throw Self.fault("blocks", "expected 1 to \(Self.maximumBlocks), got \(blocks.count)")
        }
        let bytes = blocks.reduce(0) { $0 + $1.text.count }
        guard bytes <= configuration.maximumPromptBytes else {
            throw Self.fault("blocks", "expected at most \(configuration.maximumPromptBytes) bytes in all, got \(bytes)")
        }
        var parsed: [VendorCall.Block] = []
        for (index, block) in blocks.enumerated() {
            parsed.append(try self.block(block, at: "blocks[\(index)]"))
        }
        guard parsed.contains(where: { !$0.isSystem }) else {
            throw Self.fault("blocks", "expected at least one for the user")
        }
        return parsed
    }

    private func block(_ block: LLMV1.PromptBlock, at path: String) throws(RPCError) -> VendorCall.Block {
        guard block.target == .system || block.target == .user else {
            throw Self.fault("\(path).target", "expected PROMPT_TARGET_SYSTEM or PROMPT_TARGET_USER")
        }
        guard let text = String(validating: block.text, as: UTF8.self), text.contains(where: { !$0.isWhitespace }) else {
            throw Self.fault("\(path).text", "expected a text in UTF-8")
        }
        let mark: VendorCall.CacheMark
        switch block.cacheMark {
        case .unspecified, .none: mark = .none
        case .fiveMinutes: mark = .fiveMinutes
        case .oneHour: mark = .oneHour
        default: throw Self.fault("\(path).cache_mark", "expected a CacheMark of this contract, got \(block.cacheMark)")
        }
        return VendorCall.Block(isSystem: block.target == .system, text: text, cacheMark: mark, varies: block.varies)
    }

    private func format(_ format: LLMV1.ReplyFormat?) throws(RPCError) -> (VendorCall.Format, JSONSchema) {
        guard let format else { throw Self.fault("reply_format", "expected a name and a schema") }
        let isSound = format.name.utf8.allSatisfy {
            ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isSound, (1...64).contains(format.name.utf8.count) else {
            throw Self.fault("reply_format.name", "expected 1 to 64 characters of A–Z a–z 0–9 _ -")
        }
        guard let description = String(validating: format.description, as: UTF8.self) else {
            throw Self.fault("reply_format.description", "expected UTF-8")
        }
        guard let schema = String(validating: format.jsonSchema, as: UTF8.self) else {
            throw Self.fault("reply_format.json_schema", "expected UTF-8")
        }
        do throws(JSONSchemaError) {
            let parsed = try JSONSchema(format.jsonSchema)
            return (VendorCall.Format(name: format.name, description: description, schema: schema), parsed)
        } catch {
            throw Self.fault("reply_format.json_schema", error.message)
        }
    }

    private static func fault(_ field: String, _ expectation: String) -> RPCError {
        RPCError(.invalidArgument, "\(field): \(expectation)")
    }
}
