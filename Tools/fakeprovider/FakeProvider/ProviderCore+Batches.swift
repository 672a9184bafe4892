internal import Synchronization

extension ProviderCore {
    static let batches = "/v1/messages/batches"

    /// The Message Batches API: create, list, retrieve, cancel, delete, and the results.
    func batchCall(_ request: IncomingRequest) -> OutgoingReply {
        let now = configuration.clock.now()
        do throws(ProviderError) {
            let workspace = try workspace(request)
            try checkVersion(request)
            let parts = request.path.dropFirst(Self.batches.count).split(separator: "/").map(String.init)
            switch (request.method, parts.count, parts.last) {
            case ("POST", 0, _): return try createBatch(request, workspace, now: now)
            case ("GET", 0, _): return try listBatches(request, workspace, now: now)
            case ("GET", 1, _): return .json(200, try batch(parts[0], workspace, now: now).json(base: Self.base(request)))
            case ("DELETE", 1, _): return try deleteBatch(parts[0], workspace, now: now)
            case ("POST", 2, "cancel"): return try cancelBatch(parts[0], request, workspace, now: now)
            case ("GET", 2, "results"): return try results(try batch(parts[0], workspace, now: now))
            default: throw .notFound("Not found")
            }
        } catch {
            return refusal(error, .messages, requestID: requestID(0))
        }
    }

    /// How long a body may be, by what it is for.
    func maxBytes(path: String) -> Int {
        path == Self.batches ? configuration.batches.maxBytes : configuration.maxRequestBytes
    }

    private static func base(_ request: IncomingRequest) -> String {
        "http://\(request.headers["host"] ?? "")"
    }

    // MARK: The calls

    private func createBatch(
        _ request: IncomingRequest, _ workspace: String, now: Int64
    ) throws(ProviderError) -> OutgoingReply {
        guard !request.isTooLarge else { throw .tooLarge }
        let items = try BatchRequest(request.body).items
        let (fault, number) = state.withLock { $0.nextBatch(configuration.batches) }
        try fault?.refuse()
        let id = "msgbatch_\(Digest.hex("batch\0\(configuration.seed)\0\(number)").prefix(24))"
        let batch = MessageBatch(
            id: id, workspace: workspace, items: items, created: now, settings: configuration.batches, draw: draw)
        state.withLock { $0.batches.append(batch) }
        var reply = OutgoingReply.json(200, batch.json(base: Self.base(request)))
        fault?.spoil(&reply)
        return reply
    }

    private func cancelBatch(
        _ id: String, _ request: IncomingRequest, _ workspace: String, now: Int64
    ) throws(ProviderError) -> OutgoingReply {
        guard try batch(id, workspace, now: now).ended == nil else {
            throw .invalid("Batch \(id) has ended and can't be canceled.")
        }
        let batch = state.withLock { state in
            state.changeBatch(id) { batch, _ in
                batch.cancel(at: now)
                return batch
            }
        }
        guard let batch else { throw .notFound("Not found") }
        return .json(200, batch.json(base: Self.base(request)))
    }

    private func deleteBatch(_ id: String, _ workspace: String, now: Int64) throws(ProviderError) -> OutgoingReply {
        guard try batch(id, workspace, now: now).ended != nil else {
            throw .invalid("Batch \(id) is still processing and can't be deleted.")
        }
        state.withLock { state in state.batches.removeAll { $0.id == id } }
        return .json(200, ["id": .string(id), "type": "message_batch_deleted"])
    }

    private func results(_ batch: MessageBatch) throws(ProviderError) -> OutgoingReply {
        guard batch.ended != nil else { throw .invalid("Batch \(batch.id) has no results yet.") }
        var pieces: [[UInt8]] = []
        for line in batch.results {
            // Some lines at a time, and none of them need end where a piece does.
            if let last = pieces.last, last.count < 48 << 10 { pieces[pieces.count - 1] += line } else { pieces.append(line) }
        }
        return OutgoingReply(
            status: 200, headers: [("content-type", "application/x-jsonl")], pieces: pieces, isStream: true)
    }

    private func listBatches(
        _ request: IncomingRequest, _ workspace: String, now: Int64
    ) throws(ProviderError) -> OutgoingReply {
        let query = Self.parameters(request.query)
        let limit = query["limit"].map { Int($0) ?? 0 } ?? 20
        guard (1...1000).contains(limit) else { throw .invalid(at: "limit", "Input should be between 1 and 1000") }
        let ids = state.withLock { $0.batches }.reversed().filter { $0.workspace == workspace }.map(\.id)
        func place(_ name: String) throws(ProviderError) -> Int? {
            guard let id = query[name] else { return nil }
            guard let place = ids.firstIndex(of: id) else { throw .invalid(at: name, "no batch has the id \(id)") }
            return place
        }
        let (after, before) = (try place("after_id"), try place("before_id"))
        let rest = before.map { ids[..<$0] } ?? ids[(after.map { $0 + 1 } ?? 0)...]
        let page = before == nil ? rest.prefix(limit) : rest.suffix(limit)
        var batches: [JSON] = []
        for id in page { batches.append(try batch(id, workspace, now: now).json(base: Self.base(request))) }
        return .json(
            200,
            [
                "data": .array(batches), "has_more": .bool(page.count < rest.count), "first_id": JSON(page.first),
                "last_id": JSON(page.last),
            ])
    }

    private static func parameters(_ query: String) -> [String: String] {
        query.split(separator: "&").reduce(into: [:]) { parameters, pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            parameters[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
    }

    // MARK: The work

    /// A batch of a workspace, as far as it has come.
    private func batch(_ id: String, _ workspace: String, now: Int64) throws(ProviderError) -> MessageBatch {
        let batch = state.withLock { state in
            state.changeBatch(id) { batch, state in
                while let item = batch.next(at: now) {
                    let (outcome, result) = answer(item, of: batch, now: now, state: &state)
                    batch.finish(item, outcome, result)
                }
                batch.close(at: now)
                return batch
            }
        }
        guard let batch, batch.workspace == workspace else { throw .notFound("Not found") }
        return batch
    }

    /// Answers one item as if it had come by itself, but for limits, which batches have of their own.
    private func answer(
        _ item: MessageBatch.Item, of batch: MessageBatch, now: Int64, state: inout ProviderState
    ) -> (MessageBatch.Outcome, JSON) {
        let sequence = state.nextBatchSequence()
        var (question, fault): (Question?, FaultPlan.Fault?)
        var entry: (status: Int, verdict: String?) = (200, nil)
        defer {
            state.ledger.append(
                LedgerEntry(
                    sequence: sequence, received: now, path: Self.batches, model: question?.model.id,
                    promptSHA256: question?.promptSHA256, status: entry.status, verdict: entry.verdict,
                    fault: fault.map { "\($0)" }, traceparent: nil, batch: batch.id, isWritten: false))
        }
        do throws(ProviderError) {
            let messages = try Self.messages(item.params)
            question = messages.question
            let prompt = messages.question.promptSHA256
            fault = state.nextFault(configuration.faults, prompt: prompt, draw: draw)
            if fault != nil { state.statistics.faults += 1 }
            try fault?.refuse()
            let completion = try answerer.answer(messages.question, fault: fault)
            let plan = state.cache.plan(messages, workspace: batch.workspace, now: now)
            state.cache.commit(plan, now: now)
            state.cache.responseBegan(plan.writtenKeys)
            var usage = plan.usage
            usage.output = completion.outputTokens
            state.statistics.add(usage)
            if let verdict = completion.verdict { state.statistics.verdicts[verdict, default: 0] += 1 }
            if state.isRepeated(prompt) { state.statistics.repeated += 1 }
            entry = (200, completion.verdict)
            let message = MessagesDialect.message(
                completion, usage, model: messages.question.model.id, id: identifier(prompt, sequence))
            let charged = (message["usage"] ?? [:]).replacing("service_tier", "batch")
            return (.succeeded, ["type": "succeeded", "message": message.replacing("usage", charged)])
        } catch {
            entry.status = error.status
            return (
                .errored, ["type": "errored", "error": MessagesDialect.errorBody(error, requestID: requestID(sequence))]
            )
        }
    }

    private static func messages(_ params: JSON) throws(ProviderError) -> MessagesRequest {
        let messages = try MessagesRequest(params.encoded)
        guard !messages.isStreaming else { throw .invalid(at: "stream", "is not supported in batches") }
        guard messages.question.maxTokens > 0 else { throw .invalid(at: "max_tokens", "0 is not supported in batches") }
        guard params["speed"] == nil else { throw .invalid(at: "speed", "is not supported in batches") }
        return messages
    }
}
