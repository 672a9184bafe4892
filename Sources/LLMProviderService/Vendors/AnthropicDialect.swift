import CurlClient

/// Anthropic's Messages API.
struct AnthropicDialect: VendorDialect {
    private static let version = "2023-06-01"
    /// Errors that tell of money, not of pace.
    private static let spendingCodes: Set = ["enforced_spend_limit_reached", "contract_spend_limit_reached"]

    let path = "/v1/messages"
    let counting = TokenCounting.used

    func headers(key: Secret?) -> [(name: String, value: String)] {
        [("content-type", "application/json"), ("anthropic-version", Self.version)]
            + (key.map { [("x-api-key", $0.value)] } ?? [])
    }

    // MARK: - The request

    func body(_ call: VendorCall) -> [UInt8] {
        let system = call.blocks.filter(\.isSystem).map(Self.block)
        let user = call.blocks.filter { !$0.isSystem }.map(Self.block)
        let body = JSONText.object([
            ("model", .string(call.model.id)),
            ("max_tokens", .number(call.maximumOutputTokens)),
            ("temperature", call.temperature.map { .number($0) }),
            ("tools", call.model.acceptsForcedTool ? .array([Self.tool(call.format)]) : nil),
            ("tool_choice", call.model.acceptsForcedTool ? Self.choice(call.format) : nil),
            ("output_config", call.model.acceptsForcedTool ? nil : Self.outputFormat(call.format)),
            ("system", system.isEmpty ? nil : .array(system)),
            ("messages", .array([.object([("role", .string("user")), ("content", .array(user))])])),
        ])
        return Array(body.text.utf8)
    }

    private static func block(_ block: VendorCall.Block) -> JSONText {
        let mark: JSONText? =
            switch block.cacheMark {
            case .none: nil
            case .fiveMinutes: .object([("type", .string("ephemeral"))])
            case .oneHour: .object([("type", .string("ephemeral")), ("ttl", .string("1h"))])
            }
        return .object([("type", .string("text")), ("text", .string(block.text)), ("cache_control", mark)])
    }

    private static func tool(_ format: VendorCall.Format) -> JSONText {
        .object([
            ("name", .string(format.name)), ("description", .string(format.description)), ("strict", .bool(true)),
            ("input_schema", .verbatim(format.schema)),
        ])
    }

    private static func choice(_ format: VendorCall.Format) -> JSONText {
        .object([
            ("type", .string("tool")), ("name", .string(format.name)), ("disable_parallel_tool_use", .bool(true)),
        ])
    }

    private static func outputFormat(_ format: VendorCall.Format) -> JSONText {
        .object([("format", .object([("type", .string("json_schema")), ("schema", .verbatim(format.schema))]))])
    }

    // MARK: - The answer

    func outcome(of response: HTTPResponse, schema: JSONSchema) -> AttemptOutcome {
        let requestID = response.headers["request-id"] ?? ""
        guard response.status == 200 else { return .failure(failure(response, requestID: requestID)) }
        guard let message = JSONValue(response.body) else {
            return .failure(unreadable("the body is no message", requestID: requestID))
        }
        return outcome(of: message, schema: schema, requestID: requestID)
    }

    /// What a message means, by itself or in the results of a batch.
    func outcome(of message: JSONValue, schema: JSONSchema, requestID: String) -> AttemptOutcome {
        guard message["type"]?.text == "message" else {
            return .failure(unreadable("the body is no message", requestID: requestID))
        }
        let usage = Self.usage(message["usage"])
        do throws(AttemptFailure) {
            let object = try content(of: message, usage: usage, requestID: requestID)
            do throws(JSONSchemaError) {
                return .reply(
                    VendorReply(
                        json: try schema.conforming(object).bytes, model: message["model"]?.text ?? "", usage: usage,
                        vendorRequestID: requestID))
            } catch {
                throw unreadable("the reply does not fit: \(error.message)", usage: usage, requestID: requestID)
            }
        } catch {
            return .failure(error)
        }
    }

    /// The object in a message: the tool's input, or the text where structured output was asked for.
    private func content(of message: JSONValue, usage: TokenUsage, requestID: String) throws(AttemptFailure) -> JSONValue {
        switch message["stop_reason"]?.text {
        case "refusal":
            throw AttemptFailure(
                kind: .refusal, message: "the model declined to answer", httpStatus: 200, usage: usage,
                vendorRequestID: requestID)
        case "max_tokens", "model_context_window_exceeded":
            throw AttemptFailure(
                kind: .truncated, message: "the reply was cut off", httpStatus: 200, usage: usage,
                vendorRequestID: requestID)
        default: break
        }
        let blocks = message["content"]?.elements ?? []
        let tools = blocks.filter { $0["type"]?.text == "tool_use" }
        guard tools.count <= 1 else { throw unreadable("the reply holds several objects", usage: usage, requestID: requestID) }
        if let input = tools.first?["input"] { return input }
        let text = blocks.first { $0["type"]?.text == "text" }?["text"]?.text
        if let text, let object = JSONValue(Array(text.utf8)) { return object }
        throw unreadable("the reply holds no object", usage: usage, requestID: requestID)
    }

    private static func usage(_ usage: JSONValue?) -> TokenUsage {
        func count(_ key: String, in value: JSONValue?) -> Int64 { TokenUsage.count(value?[key]?.integer) }
        let split = usage?["cache_creation"]
        let written = count("cache_creation_input_tokens", in: usage)
        let oneHour = count("ephemeral_1h_input_tokens", in: split)
        return TokenUsage(
            input: count("input_tokens", in: usage), output: count("output_tokens", in: usage),
            cacheRead: count("cache_read_input_tokens", in: usage), cacheWriteFiveMinutes: max(0, written - oneHour),
            cacheWriteOneHour: oneHour)
    }

    func failure(_ response: HTTPResponse, requestID: String) -> AttemptFailure {
        let error = JSONValue(response.body)?["error"]
        let message = error?["message"]?.text ?? "no reason given"
        let code = error?["details"]?["error_code"]?.text
        // A limit that the account's owner set comes as a plain 400 and is known by its words alone.
        let isSpent = code.map(Self.spendingCodes.contains) ?? false || message.hasPrefix("You have reached your specified")
        return HTTPFailure.failure(
            response, code: error?["type"]?.text ?? "", message: message, isSpent: isSpent, vendorRequestID: requestID)
    }

    func unreadable(_ message: String, usage: TokenUsage = TokenUsage(), requestID: String) -> AttemptFailure {
        AttemptFailure(
            kind: .unreadableReply, message: message, httpStatus: 200, usage: usage, vendorRequestID: requestID)
    }
}
