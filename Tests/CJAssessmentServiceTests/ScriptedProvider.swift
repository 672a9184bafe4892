import CJCore
import Contracts
import Postgres
import Synchronization
import Wire

/// The provider service and its feed, in this process, doing what a test says.
final class ScriptedProvider: LLMV1.LLMProviderService, EventsV1.EventFeedService {
    enum Reaction: Sendable {
        case verdict
        case failure(LLMV1.FailureKind)
        /// Taken on, and not answered before ``release()`` or a withdrawal.
        case hold
        /// Taken on and held, but the caller never hears of it.
        case lostAnswer
        /// Not taken on.
        case refusal(StatusCode, isRefused: Bool = false, retryAfter: Duration? = nil)
    }

    fileprivate struct State {
        var requests: [String: LLMV1.SubmitRequest] = [:]
        var held: [String] = []
        var events: [EventsV1.Event] = []
        var submissions = 0
        var cancellations = 0
        var reaction: @Sendable (LLMV1.SubmitRequest, Int) -> Reaction
        var isAway = false
        var isHeldUp = false
        var callersHeldUp = 0
        /// Nano-dollars of every answered call.
        var cost: UInt64 = 1000
    }

    private let state: Mutex<State>
    private let bell = Bell()

    /// - Parameter reaction: what becomes of a request, and of the how-manieth.
    init(_ reaction: @escaping @Sendable (LLMV1.SubmitRequest, Int) -> Reaction = { _, _ in .verdict }) {
        state = Mutex(State(reaction: reaction))
    }

    var requests: [LLMV1.SubmitRequest] { state.withLock { Array($0.requests.values) } }
    var held: Int { state.withLock { $0.held.count } }
    var submissions: Int { state.withLock { $0.submissions } }
    var cancellations: Int { state.withLock { $0.cancellations } }
    var events: [EventsV1.Event] { state.withLock { $0.events } }

    /// Callers of `Submit` that wait because of ``set(heldUp:)``.
    var callersHeldUp: Int { state.withLock { $0.callersHeldUp } }
    func set(heldUp: Bool) {
        state.withLock { $0.isHeldUp = heldUp }
        bell.ring()
    }

    func set(cost: UInt64) { state.withLock { $0.cost = cost } }
    func set(away: Bool) {
        state.withLock { $0.isAway = away }
        bell.ring()
    }
    func react(_ reaction: @escaping @Sendable (LLMV1.SubmitRequest, Int) -> Reaction) {
        state.withLock { $0.reaction = reaction }
    }

    /// Forgets what is held, as after the provider service's database was set back.
    func forget() {
        state.withLock { state in
            for id in state.held { state.requests[id] = nil }
            state.held = []
        }
    }

    /// Answers what is held, oldest first.
    func release(_ count: Int = .max) {
        state.withLock { state in
            for id in state.held.prefix(count) { state.end(id, Self.verdict(state.requests[id])) }
        }
        bell.ring()
    }

    // MARK: - The services

    func submit(_ request: LLMV1.SubmitRequest, context: ServerContext) async throws -> LLMV1.SubmitResponse {
        await passHoldUp()
        defer { bell.ring() }
        return try state.withLock { state throws(RPCError) in
            try state.check()
            state.submissions += 1
            if let known = state.requests[request.requestID] {
                guard known == request else { throw RPCError(.alreadyExists, "other content") }
                return LLMV1.SubmitResponse(state: .queued, alreadyKnown: true)
            }
            switch state.reaction(request, state.submissions) {
            case .refusal(let code, let isRefused, let pause):
                throw RPCError(code, "refused", isRefused: isRefused, retryAfter: pause)
            case .hold, .lostAnswer:
                let isLost = if case .lostAnswer = state.reaction(request, state.submissions) { true } else { false }
                state.requests[request.requestID] = request
                state.held.append(request.requestID)
                if isLost { throw RPCError(.unavailable, "the connection was lost before the answer came") }
            case .verdict:
                state.requests[request.requestID] = request
                state.end(request.requestID, Self.verdict(request))
            case .failure(let kind):
                state.requests[request.requestID] = request
                state.end(request.requestID, .failure(LLMV1.Failure(kind: kind, message: "why")))
            }
            return LLMV1.SubmitResponse(state: .queued, alreadyKnown: false)
        }
    }

    func submitMany(
        _ request: LLMV1.SubmitManyRequest, context: ServerContext
    ) async throws -> LLMV1.SubmitManyResponse {
        throw RPCError(.unimplemented, "this provider takes one at a time")
    }

    func complete(_ request: LLMV1.CompleteRequest, context: ServerContext) async throws -> LLMV1.CompleteResponse {
        throw RPCError(.unimplemented, "this provider passes nothing on")
    }

    private func passHoldUp() async {
        state.withLock { $0.callersHeldUp += 1 }
        while true {
            let generation = bell.generation
            guard state.withLock({ $0.isHeldUp }), !Task.isCancelled else { break }
            await bell.wait(after: generation, upTo: .seconds(60))
        }
        state.withLock { $0.callersHeldUp -= 1 }
    }

    func get(_ request: LLMV1.GetRequest, context: ServerContext) async throws -> LLMV1.GetResponse {
        try state.withLock { state throws(RPCError) in
            try state.check()
            guard state.requests[request.requestID] != nil else { throw RPCError(.notFound, "no such request") }
            let results = state.events.compactMap { event in
                // The events are this provider's own.
                try? EventsV1.LLMRequestFinished(decoding: event.payload).result
            }
            return LLMV1.GetResponse(state: .queued, result: results.first { $0.requestID == request.requestID })
        }
    }

    func cancel(_ request: LLMV1.CancelRequest, context: ServerContext) async throws -> LLMV1.CancelResponse {
        defer { bell.ring() }
        return try state.withLock { state throws(RPCError) in
            try state.check()
            state.cancellations += 1
            let withdrawn = state.held.filter {
                state.requests[$0]?.owner == request.owner && state.requests[$0]?.tenant == request.tenant
            }
            for id in withdrawn { state.end(id, .failure(LLMV1.Failure(kind: .cancelled, message: "withdrawn"))) }
            return LLMV1.CancelResponse(cancelled: UInt32(withdrawn.count))
        }
    }

    func describeModel(
        _ request: LLMV1.DescribeModelRequest, context: ServerContext
    ) async throws -> LLMV1.DescribeModelResponse {
        try state.withLock { state throws(RPCError) in try state.check() }
        guard ["model", "plain"].contains(request.model) else { throw RPCError(.notFound, "model: no such model") }
        return LLMV1.DescribeModelResponse(
            provider: request.provider, model: request.model, contextTokens: 1000, maxOutputTokens: 1000,
            acceptsTemperature: request.model == "model",
            prices: request.model == "model"
                ? LLMV1.Prices(input: 1000, output: 5000, asOf: "2026-10-01", batchPercent: 50) : nil, simulated: true)
    }

    func follow(
        _ request: EventsV1.FollowRequest, to responses: MessageSender<EventsV1.FollowResponse>, context: ServerContext
    ) async throws {
        var position = Int(request.afterPosition)
        var isFirst = true
        while true {
            let generation = bell.generation
            let events = try state.withLock { state throws(RPCError) in
                try state.check()
                return Array(state.events.dropFirst(position).prefix(Int(request.limit)))
            }
            if !events.isEmpty || isFirst { try await responses.send(EventsV1.FollowResponse(events: events)) }
            isFirst = false
            position += events.count
            guard events.isEmpty else { continue }
            await bell.wait(after: generation, upTo: .seconds(10))
            try Task.checkCancellation()
        }
    }

    // MARK: - Answers

    /// In favour of the essay whose text comes later in the alphabet.
    private static func verdict(_ request: LLMV1.SubmitRequest?) -> LLMV1.Result.Outcome {
        let prompt = String(decoding: request?.blocks.last?.text ?? [], as: UTF8.self)
        let winner = PromptTemplate.essays(in: prompt).map { $0.first > $0.second ? "first" : "second" } ?? "none"
        return .reply(
            LLMV1.Reply(json: Array(#"{"rationale":"Better.","winner":"\#(winner)","margin":"slight","confidence":4}"#.utf8)))
    }
}

extension ScriptedProvider.State {
    fileprivate func check() throws(RPCError) {
        if isAway { throw RPCError(.unavailable, "nobody listens") }
    }

    fileprivate mutating func end(_ id: String, _ outcome: LLMV1.Result.Outcome) {
        held.removeAll { $0 == id }
        let result = LLMV1.Result(
            requestID: id, owner: requests[id]?.owner ?? "", outcome: outcome, provider: "scripted", model: "model-1",
            attempts: 1,
            costNanodollars: cost, cacheSavingsNanodollars: 10)
        events.append(.finished(result, at: UInt64(events.count + 1)))
    }
}

extension EventsV1.Event {
    /// The event of a request's end.
    static func finished(_ result: LLMV1.Result, at position: UInt64) -> EventsV1.Event {
        guard let payload = try? EventsV1.LLMRequestFinished(result: result).encoded() else {
            preconditionFailure("a result can be written")
        }
        return EventsV1.Event(
            position: position, id: [UInt8](repeating: 0, count: 8) + withUnsafeBytes(of: position.bigEndian, Array.init),
            type: EventsV1.LLMRequestFinished.typeName, aggregateID: result.requestID,
            aggregateVersion: 1, payload: payload)
    }
}

/// Calls services of this process as if they were elsewhere: messages become bytes and messages again.
struct InProcessTransport: ClientTransport {
    let defaultTimeout = Duration.seconds(30)
    let services: [any RPCService]

    init(_ provider: ScriptedProvider) {
        services = [LLMV1.LLMProviderServer(provider), EventsV1.EventFeedServer(provider)]
    }

    func call(_ method: MethodDescriptor, payload: [UInt8], options: CallOptions) async throws -> [UInt8] {
        guard let service = services.first(where: { $0.name == method.service }) else {
            throw RPCError(.unimplemented, "no service \(method.service)")
        }
        let context = ServerContext(
            method: method, metadata: options.metadata, deadline: options.deadline ?? .after(.seconds(60)), peer: "in process")
        return try await service.handle(method: method.method, payload: payload, context: context)
    }

    func open(
        _ method: MethodDescriptor, _ kind: StreamKind, payload: [UInt8]?, options: CallOptions
    ) async throws -> StreamingCall {
        try await Wire.InProcessTransport(services).open(method, kind, payload: payload, options: options)
    }
}
