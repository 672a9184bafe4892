internal import Synchronization

/// Answers requests; knows nothing of sockets.
final class ProviderCore: Sendable {
    /// Which provider's words an answer is given in.
    enum Dialect {
        case messages
        case chat
    }

    /// The versions that `anthropic-version` may name.
    static let versions = ["2023-06-01", "2026-10-21"]
    /// Stands on every answer, so that nobody takes a simulation for the real thing.
    static let mark = ("x-huleedu-simulated", "true")

    let configuration: FakeProviderConfiguration
    let state: Mutex<ProviderState>
    let answerer: Answerer
    let draw: Draw
    private let ledgerFile: LedgerFile?

    init(_ configuration: FakeProviderConfiguration) throws(LedgerFileError) {
        self.configuration = configuration
        state = Mutex(ProviderState(configuration))
        draw = Draw(seed: configuration.seed)
        answerer = Answerer(
            judge: SimulatedJudge(settings: configuration.judge, qualities: configuration.qualities, draw: draw))
        if let path = configuration.ledgerFile {
            ledgerFile = try LedgerFile(path: path)
        } else {
            ledgerFile = nil
        }
    }

    /// The answer to a request that has arrived completely.
    func reply(to request: IncomingRequest) -> OutgoingReply {
        var reply =
            switch (request.method, request.path) {
            case ("POST", "/v1/messages"), ("POST", "/v1/chat/completions"): call(request)
            case (_, let path) where path == Self.batches || path.hasPrefix(Self.batches + "/"): batchCall(request)
            case (_, let path) where path.hasPrefix("/_fake/"): control(request)
            default: lookup(request)
            }
        reply.headers.append(Self.mark)
        return reply
    }

    /// Whether the connection is to be reset now that only the head of a request has come.
    func resetsEarly(method: String, path: String) -> Bool {
        guard method == "POST", path == "/v1/messages" || path == "/v1/chat/completions" else { return false }
        let now = configuration.clock.now()
        return state.withLock { state in
            guard state.takesEarlyReset(configuration.faults) else { return false }
            let sequence = state.nextSequence()
            state.statistics.statuses[0, default: 0] += 1
            state.statistics.faults += 1
            state.statistics.inFlight -= 1
            state.ledger.append(
                LedgerEntry(
                    sequence: sequence, received: now, path: path, model: nil, promptSHA256: nil, status: 0, verdict: nil,
                    fault: "resetBeforeReading", traceparent: nil, isWritten: false))
            return true
        }
    }

    // MARK: Delivery

    /// Called right before the first byte of an answer is written. Throws when the ledger file can't take the call, which must then
    /// not be answered.
    func willSend(_ reply: OutgoingReply) throws(LedgerFileError) {
        guard reply.sequence > 0 else { return }
        if let ledgerFile {
            let entry = state.withLock { $0.ledger.entries.last { $0.sequence == reply.sequence } }
            if let entry { try ledgerFile.append(entry.json) }
        }
        state.withLock { $0.cache.responseBegan(reply.cacheKeys) }
    }

    /// Called before ``didSend(_:isComplete:)`` for an answer whose caller has gone before its first byte.
    func willAbandon(_ reply: OutgoingReply) {
        guard reply.sequence > 0, let entry = state.withLock({ $0.ledger.markAbandoned(reply.sequence) }) else { return }
        // Nobody waits for it; a ledger that can't be written is reported with the next call.
        try? ledgerFile?.append(entry.json)
    }

    /// Called once for each answer, when it has been written or can't be any more.
    func didSend(_ reply: OutgoingReply, isComplete: Bool) {
        guard reply.sequence > 0 else { return }
        state.withLock { state in
            state.statistics.inFlight -= 1
            guard isComplete else { return }
            state.statistics.written += 1
            state.ledger.markWritten(reply.sequence)
        }
        // The answer is out; a ledger that can't be written is reported with the next call.
        if isComplete { try? ledgerFile?.append(["sequence": JSON(reply.sequence), "written": true]) }
    }

    func close() {
        ledgerFile?.close()
    }

    // MARK: Calls

    /// A question that has been understood, with what remains to be known to charge for it.
    private struct Understood {
        let question: Question
        let messages: MessagesRequest?
        let promptTokens: Int
    }

    private func call(_ request: IncomingRequest) -> OutgoingReply {
        let now = configuration.clock.now()
        let dialect: Dialect = request.path == "/v1/messages" ? .messages : .chat
        let understood = Result { () throws(ProviderError) in try understand(request, dialect) }
        let question = (try? understood.get())?.question  // The error itself is dealt with below.
        return state.withLock { state in
            let sequence = state.nextSequence()
            let fault = question.flatMap { question in
                state.nextFault(configuration.faults, prompt: question.promptSHA256, draw: draw)
            }
            if fault != nil { state.statistics.faults += 1 }
            var verdict: String?
            var reply: OutgoingReply
            do throws(ProviderError) {
                let understood = try understood.get()
                try fault?.refuse()
                (reply, verdict) = try answer(understood, request, dialect, fault: fault, now: now, state: &state)
            } catch {
                reply = refusal(error, dialect, requestID: requestID(sequence))
                if let model = question?.model { reply.headers += standing(model, dialect, now: now, state: &state) }
            }
            reply.headers.append((dialect == .messages ? "request-id" : "x-request-id", requestID(sequence)))
            reply.sequence = sequence
            fault?.spoil(&reply)
            let status = reply.delivery == .reset ? 0 : reply.status
            state.statistics.statuses[status, default: 0] += 1
            if let verdict { state.statistics.verdicts[verdict, default: 0] += 1 }
            if let question, status == 200, state.isRepeated(question.promptSHA256) { state.statistics.repeated += 1 }
            state.ledger.append(
                LedgerEntry(
                    sequence: sequence, received: now, path: request.path, model: question?.model.id,
                    promptSHA256: question?.promptSHA256, status: status, verdict: verdict, fault: fault.map { "\($0)" },
                    traceparent: request.headers["traceparent"], isWritten: false))
            return reply
        }
    }

    private func understand(_ request: IncomingRequest, _ dialect: Dialect) throws(ProviderError) -> Understood {
        guard !request.isTooLarge else { throw .tooLarge }
        _ = try workspace(request)
        switch dialect {
        case .messages:
            try checkVersion(request)
            let messages = try MessagesRequest(request.body)
            return Understood(question: messages.question, messages: messages, promptTokens: messages.promptTokens)
        case .chat:
            let chat = try ChatRequest(request.body)
            return Understood(question: chat.question, messages: nil, promptTokens: chat.promptTokens)
        }
    }

    private func answer(
        _ understood: Understood, _ request: IncomingRequest, _ dialect: Dialect, fault: FaultPlan.Fault?, now: Int64,
        state: inout ProviderState
    ) throws(ProviderError) -> (OutgoingReply, verdict: String?) {
        let question = understood.question
        let plan = try understood.messages.map { messages throws(ProviderError) in
            state.cache.plan(messages, workspace: try workspace(request), now: now)
        }
        var usage = plan?.usage ?? Usage(input: understood.promptTokens)
        let completion = try answerer.answer(question, fault: fault)
        if let refused = state.limiter?.admit(question.model.pool, input: usage.limitedInput, now: now) {
            let seconds = Int((refused.wait + 999_999_999) / 1_000_000_000)
            throw ProviderError(
                status: 429, kind: .rateLimit,
                message: "This request would exceed your organization's rate limit of \(refused.refusedBy) per minute.",
                retryAfter: max(1, seconds))
        }
        usage.output = completion.outputTokens
        state.limiter?.produced(question.model.pool, output: usage.output, now: now)
        if let plan { state.cache.commit(plan, now: now) }
        state.statistics.add(usage)

        let id = identifier(question.promptSHA256, state.sequence)
        var reply: OutgoingReply
        switch dialect {
        case .messages:
            let message = MessagesDialect.message(completion, usage, model: question.model.id, id: id)
            reply = understood.messages?.isStreaming == true ? .events(MessagesStream.events(message)) : .json(200, message)
        case .chat:
            reply = .json(200, ChatDialect.completion(completion, usage, model: question.model.id, id: id, now: now))
        }
        reply.headers += standing(question.model, dialect, now: now, state: &state)
        reply.cacheKeys = plan?.writtenKeys ?? []
        reply.delay = latency(question.promptSHA256)
        return (reply, completion.verdict)
    }

    // MARK: Details

    /// The workspace of the key that came with the request.
    func workspace(_ request: IncomingRequest) throws(ProviderError) -> String {
        let bearer = request.headers["authorization"].flatMap { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst(7)) : nil
        }
        guard let key = request.headers["x-api-key"] ?? bearer, !key.isEmpty else {
            throw .unauthenticated("x-api-key header is required")
        }
        guard !configuration.keys.isEmpty else { return "wrkspc_\(Digest.hex(key).prefix(16))" }
        guard let workspace = configuration.keys[key] else { throw .unauthenticated("invalid x-api-key") }
        return workspace
    }

    func checkVersion(_ request: IncomingRequest) throws(ProviderError) {
        guard let version = request.headers["anthropic-version"] else {
            throw .invalid("anthropic-version: header is required")
        }
        guard Self.versions.contains(version) else { throw .invalid("anthropic-version: \"\(version)\" is not a valid version") }
    }

    func refusal(_ error: ProviderError, _ dialect: Dialect, requestID: String) -> OutgoingReply {
        switch dialect {
        case .messages: MessagesDialect.error(error, requestID: requestID)
        case .chat: ChatDialect.error(error)
        }
    }

    func requestID(_ sequence: UInt64) -> String {
        "req_\(Digest.hex("request\0\(configuration.seed)\0\(sequence)").prefix(24))"
    }

    func identifier(_ prompt: String, _ sequence: UInt64) -> String {
        String(Digest.hex("message\0\(configuration.seed)\0\(sequence)\0\(prompt)").prefix(24))
    }

    private func standing(
        _ model: SimulatedModel, _ dialect: Dialect, now: Int64, state: inout ProviderState
    ) -> [(String, String)] {
        guard let standing = state.limiter?.standing(model.pool, now: now) else { return [] }
        return dialect == .messages ? RateLimitHeaders.messages(standing) : RateLimitHeaders.chat(standing, now: now)
    }

    private func latency(_ prompt: String) -> Duration {
        let latency = configuration.latency
        guard latency.maximum > latency.minimum else { return latency.minimum }
        return latency.minimum + (latency.maximum - latency.minimum) * draw.uniform("latency", prompt)
    }
}
