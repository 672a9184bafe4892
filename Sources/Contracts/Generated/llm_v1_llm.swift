// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension LLMV1 {
    public protocol LLMProviderService: Sendable {
        /// Takes a request on. It is stored when this answers; its result comes as an event, and from Get.
        ///
        /// Two entries of a call's metadata are kept with the request, told the vendor and told again in the result: "traceparent", W3C's trace
        /// context, and "correlation-id", 1 to 100 characters of those of a request id. They are those of the call that the request came with.
        ///
        /// A request id that is known already is not taken on again: the same content answers as the first time,
        /// other content is ALREADY_EXISTS. One that could cost more than a budget (see Spending) has left is FAILED_PRECONDITION, or
        /// RESOURCE_EXHAUSTED where it may fit once requests under way are settled. Where too many requests wait, of all or of its tenant, it is
        /// RESOURCE_EXHAUSTED and refused, with the time after which to try again; then nothing is stored.
        func submit(
            _ request: LLMV1.SubmitRequest, context: ServerContext
        ) async throws -> LLMV1.SubmitResponse
        /// Takes many requests on together, each as Submit does, in less time than one after the other. One that is refused keeps no other from
        /// being taken on, and has its own error in the answer. The call fails as a whole where it is not as expected itself, and where the service
        /// can't answer for any of them; then it may be made again, as any that brought no answer may.
        func submitMany(
            _ request: LLMV1.SubmitManyRequest, context: ServerContext
        ) async throws -> LLMV1.SubmitManyResponse
        /// Passes a request on to its vendor and brings the answer. It is made once, at once, and nothing of it is stored but what it cost: who needs an
        /// answer that survives calls Submit. Limits, budgets and the ledger hold for it as for all requests, and metadata is read as there.
        ///
        /// Wherever the vendor was called the answer is OK and tells what came of that. Otherwise nothing was sent and the error says why. Those are
        /// refused, with the time after which to try again: RESOURCE_EXHAUSTED where too many are being passed on or the vendor's limits leave no room
        /// soon, UNAVAILABLE where nothing is sent to the vendor for a while or another process sends to it. Budgets are as with Submit.
        ///
        /// A caller's deadline and cancellation end the call to the vendor, which may bill what it has done by then; that is not known here. A
        /// request's id is a name for logs and results: the same may be passed on again, and is paid for again.
        func complete(
            _ request: LLMV1.CompleteRequest, context: ServerContext
        ) async throws -> LLMV1.CompleteResponse
        /// Where a request stands. An unknown id is NOT_FOUND.
        func get(
            _ request: LLMV1.GetRequest, context: ServerContext
        ) async throws -> LLMV1.GetResponse
        /// Withdraws the requests of an owner that are not being sent: those that wait for their first or for their next attempt. They end
        /// as CANCELLED, with an event each that tells what earlier attempts used. Those in a batch end so when the vendor has not come to them:
        /// it is asked to cancel a batch once all of its requests are withdrawn; an answer that is there all the same counts.
        func cancel(
            _ request: LLMV1.CancelRequest, context: ServerContext
        ) async throws -> LLMV1.CancelResponse
        /// What a model can do and costs. An unknown model is NOT_FOUND.
        func describeModel(
            _ request: LLMV1.DescribeModelRequest, context: ServerContext
        ) async throws -> LLMV1.DescribeModelResponse
    }

    /// Calls `huleedu.llm.v1.LLMProvider` over a transport.
    public struct LLMProviderClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        /// Takes a request on. It is stored when this answers; its result comes as an event, and from Get.
        ///
        /// Two entries of a call's metadata are kept with the request, told the vendor and told again in the result: "traceparent", W3C's trace
        /// context, and "correlation-id", 1 to 100 characters of those of a request id. They are those of the call that the request came with.
        ///
        /// A request id that is known already is not taken on again: the same content answers as the first time,
        /// other content is ALREADY_EXISTS. One that could cost more than a budget (see Spending) has left is FAILED_PRECONDITION, or
        /// RESOURCE_EXHAUSTED where it may fit once requests under way are settled. Where too many requests wait, of all or of its tenant, it is
        /// RESOURCE_EXHAUSTED and refused, with the time after which to try again; then nothing is stored.
        public func submit(
            _ request: LLMV1.SubmitRequest, options: CallOptions = CallOptions()
        ) async throws -> LLMV1.SubmitResponse {
            try await transport.call(LLMProviderServer.submit, request, options: options)
        }

        /// Takes many requests on together, each as Submit does, in less time than one after the other. One that is refused keeps no other from
        /// being taken on, and has its own error in the answer. The call fails as a whole where it is not as expected itself, and where the service
        /// can't answer for any of them; then it may be made again, as any that brought no answer may.
        public func submitMany(
            _ request: LLMV1.SubmitManyRequest, options: CallOptions = CallOptions()
        ) async throws -> LLMV1.SubmitManyResponse {
            try await transport.call(LLMProviderServer.submitMany, request, options: options)
        }

        /// Passes a request on to its vendor and brings the answer. It is made once, at once, and nothing of it is stored but what it cost: who needs an
        /// answer that survives calls Submit. Limits, budgets and the ledger hold for it as for all requests, and metadata is read as there.
        ///
        /// Wherever the vendor was called the answer is OK and tells what came of that. Otherwise nothing was sent and the error says why. Those are
        /// refused, with the time after which to try again: RESOURCE_EXHAUSTED where too many are being passed on or the vendor's limits leave no room
        /// soon, UNAVAILABLE where nothing is sent to the vendor for a while or another process sends to it. Budgets are as with Submit.
        ///
        /// A caller's deadline and cancellation end the call to the vendor, which may bill what it has done by then; that is not known here. A
        /// request's id is a name for logs and results: the same may be passed on again, and is paid for again.
        public func complete(
            _ request: LLMV1.CompleteRequest, options: CallOptions = CallOptions()
        ) async throws -> LLMV1.CompleteResponse {
            try await transport.call(LLMProviderServer.complete, request, options: options)
        }

        /// Where a request stands. An unknown id is NOT_FOUND.
        public func get(
            _ request: LLMV1.GetRequest, options: CallOptions = CallOptions()
        ) async throws -> LLMV1.GetResponse {
            try await transport.call(LLMProviderServer.get, request, options: options)
        }

        /// Withdraws the requests of an owner that are not being sent: those that wait for their first or for their next attempt. They end
        /// as CANCELLED, with an event each that tells what earlier attempts used. Those in a batch end so when the vendor has not come to them:
        /// it is asked to cancel a batch once all of its requests are withdrawn; an answer that is there all the same counts.
        public func cancel(
            _ request: LLMV1.CancelRequest, options: CallOptions = CallOptions()
        ) async throws -> LLMV1.CancelResponse {
            try await transport.call(LLMProviderServer.cancel, request, options: options)
        }

        /// What a model can do and costs. An unknown model is NOT_FOUND.
        public func describeModel(
            _ request: LLMV1.DescribeModelRequest, options: CallOptions = CallOptions()
        ) async throws -> LLMV1.DescribeModelResponse {
            try await transport.call(LLMProviderServer.describeModel, request, options: options)
        }
    }

    /// Serves an implementation of `huleedu.llm.v1.LLMProvider`.
    public struct LLMProviderServer: RPCService {
        public static let serviceName = "huleedu.llm.v1.LLMProvider"
        public static let submit = MethodDescriptor(service: serviceName, method: "Submit", isIdempotent: true)
        public static let submitMany = MethodDescriptor(service: serviceName, method: "SubmitMany", isIdempotent: true)
        public static let complete = MethodDescriptor(service: serviceName, method: "Complete")
        public static let get = MethodDescriptor(service: serviceName, method: "Get", isIdempotent: true)
        public static let cancel = MethodDescriptor(service: serviceName, method: "Cancel", isIdempotent: true)
        public static let describeModel = MethodDescriptor(service: serviceName, method: "DescribeModel", isIdempotent: true)

        private let service: any LLMProviderService

        public init(_ service: any LLMProviderService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { ["Submit", "SubmitMany", "Complete", "Get", "Cancel", "DescribeModel"] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                case "Submit":
                    try await UnaryCall.answer(payload) { request in
                        try await service.submit(request, context: context)
                    }
                case "SubmitMany":
                    try await UnaryCall.answer(payload) { request in
                        try await service.submitMany(request, context: context)
                    }
                case "Complete":
                    try await UnaryCall.answer(payload) { request in
                        try await service.complete(request, context: context)
                    }
                case "Get":
                    try await UnaryCall.answer(payload) { request in
                        try await service.get(request, context: context)
                    }
                case "Cancel":
                    try await UnaryCall.answer(payload) { request in
                        try await service.cancel(request, context: context)
                    }
                case "DescribeModel":
                    try await UnaryCall.answer(payload) { request in
                        try await service.describeModel(request, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }
    }

    public struct SubmitRequest: Sendable, Hashable {
        /// Chosen by the caller; the idempotency key. 1 to 100 characters of A–Z a–z 0–9 . _ : -
        public var requestID: String
        /// On whose behalf: an assessment's id. 1 to 100 characters of the same.
        public var owner: String
        /// One of the configured providers: "anthropic", "openai", "simulated".
        public var provider: String
        public var model: String
        /// Sent to the vendor as given; absent means that the vendor's default holds.
        public var temperature: Double?
        /// At least 1, at most what the model can write.
        public var maxOutputTokens: UInt32
        /// In the order in which the model reads them, save that the system part comes first, and within each part what stays the same before
        /// what varies; at most 32.
        public var blocks: [LLMV1.PromptBlock]
        /// What the reply must look like.
        public var replyFormat: LLMV1.ReplyFormat?
        /// Calls at most that may be billed: those that the vendor answers, with whatever reply. A call that it turns away (429, 5xx) or that
        /// breaks off on the way is not billed and is repeated all the same. Zero asks for the service's default.
        public var maxPaidCalls: UInt32
        /// Requests that begin with the same blocks, this one among them, as far as the caller expects; at most 1,000,000. What costs more to
        /// keep in the vendor's cache than they save is not kept. Zero where it is not known; then all is kept that is marked.
        public var expectedRequests: UInt32
        /// Who pays: 1 to 100 characters of those of a request id; empty for "default". Tenants that have requests waiting have equal shares of
        /// what each provider takes.
        public var tenant: String
        /// How long it may wait for its answer, from when it is taken on, in milliseconds; zero, or longer, for as long as the service lets any
        /// request wait. Then it ends as EXPIRED, unless it is with the vendor at that moment: that answer is waited for, and counts.
        public var timeoutMilliseconds: UInt64
        /// Within its tenant's share.
        public var priority: LLMV1.RequestPriority
        /// How it is sent. A provider or a model that takes no batches makes it INVALID_ARGUMENT.
        public var dispatch: LLMV1.Dispatch

        public init(
            requestID: String = "",
            owner: String = "",
            provider: String = "",
            model: String = "",
            temperature: Double? = nil,
            maxOutputTokens: UInt32 = 0,
            blocks: [LLMV1.PromptBlock] = [],
            replyFormat: LLMV1.ReplyFormat? = nil,
            maxPaidCalls: UInt32 = 0,
            expectedRequests: UInt32 = 0,
            tenant: String = "",
            timeoutMilliseconds: UInt64 = 0,
            priority: LLMV1.RequestPriority = .init(rawValue: 0),
            dispatch: LLMV1.Dispatch = .init(rawValue: 0)
        ) {
            self.requestID = requestID
            self.owner = owner
            self.provider = provider
            self.model = model
            self.temperature = temperature
            self.maxOutputTokens = maxOutputTokens
            self.blocks = blocks
            self.replyFormat = replyFormat
            self.maxPaidCalls = maxPaidCalls
            self.expectedRequests = expectedRequests
            self.tenant = tenant
            self.timeoutMilliseconds = timeoutMilliseconds
            self.priority = priority
            self.dispatch = dispatch
        }
    }

    public struct PromptBlock: Sendable, Hashable {
        public var target: LLMV1.PromptTarget
        /// UTF-8.
        public var text: [UInt8]
        public var cacheMark: LLMV1.CacheMark
        /// Whether the text is another in the next request: neither it nor what follows it is kept in the vendor's cache, whatever the marks say.
        public var varies: Bool

        public init(
            target: LLMV1.PromptTarget = .init(rawValue: 0),
            text: [UInt8] = [],
            cacheMark: LLMV1.CacheMark = .init(rawValue: 0),
            varies: Bool = false
        ) {
            self.target = target
            self.text = text
            self.cacheMark = cacheMark
            self.varies = varies
        }
    }

    /// A JSON object that the model must return through a forced, strict tool.
    public struct ReplyFormat: Sendable, Hashable {
        /// Name of the tool: 1 to 64 characters of A–Z a–z 0–9 _ -
        public var name: String
        /// What the tool is for, in UTF-8.
        public var description: [UInt8]
        /// JSON Schema of the object: type, properties, required, enum, additionalProperties; UTF-8.
        public var jsonSchema: [UInt8]

        public init(
            name: String = "",
            description: [UInt8] = [],
            jsonSchema: [UInt8] = []
        ) {
            self.name = name
            self.description = description
            self.jsonSchema = jsonSchema
        }
    }

    public struct SubmitResponse: Sendable, Hashable {
        public var state: LLMV1.RequestState
        /// True when the request id had been taken on before.
        public var alreadyKnown: Bool

        public init(
            state: LLMV1.RequestState = .init(rawValue: 0),
            alreadyKnown: Bool = false
        ) {
            self.state = state
            self.alreadyKnown = alreadyKnown
        }
    }

    public struct SubmitManyRequest: Sendable, Hashable {
        /// 1 to 200. What they are encoded as has at most 3,145,728 bytes in all.
        public var submissions: [LLMV1.Submission]

        public init(
            submissions: [LLMV1.Submission] = []
        ) {
            self.submissions = submissions
        }
    }

    public struct Submission: Sendable, Hashable {
        public var request: LLMV1.SubmitRequest?
        /// In the place of the call's metadata of this name, if not empty.
        public var traceparent: String
        /// Likewise.
        public var correlationID: String

        public init(
            request: LLMV1.SubmitRequest? = nil,
            traceparent: String = "",
            correlationID: String = ""
        ) {
            self.request = request
            self.traceparent = traceparent
            self.correlationID = correlationID
        }
    }

    public struct SubmitManyResponse: Sendable, Hashable {
        /// One for each submission, in their order.
        public var answers: [LLMV1.SubmitAnswer]

        public init(
            answers: [LLMV1.SubmitAnswer] = []
        ) {
            self.answers = answers
        }
    }

    public struct SubmitAnswer: Sendable, Hashable {
        public var outcome: Outcome?

        public init(
            outcome: Outcome? = nil
        ) {
            self.outcome = outcome
        }

        public enum Outcome: Sendable, Hashable {
            /// What Submit answers.
            case response(LLMV1.SubmitResponse)
            /// What it fails with.
            case error(LLMV1.SubmitError)
        }
    }

    public struct SubmitError: Sendable, Hashable {
        /// As in gRPC: INVALID_ARGUMENT is 3.
        public var code: Int32
        public var message: String
        /// Nothing was stored, and it may be tried again as it is.
        public var refused: Bool
        /// After which to try again; zero where that is not known.
        public var retryAfterMilliseconds: UInt64

        public init(
            code: Int32 = 0,
            message: String = "",
            refused: Bool = false,
            retryAfterMilliseconds: UInt64 = 0
        ) {
            self.code = code
            self.message = message
            self.refused = refused
            self.retryAfterMilliseconds = retryAfterMilliseconds
        }
    }

    public struct CompleteRequest: Sendable, Hashable {
        /// As for Submit. The priority must be unspecified and the dispatch IMMEDIATELY or unspecified: it waits for nothing.
        public var request: LLMV1.SubmitRequest?

        public init(
            request: LLMV1.SubmitRequest? = nil
        ) {
            self.request = request
        }
    }

    public struct CompleteResponse: Sendable, Hashable {
        /// How the one call ended.
        public var result: LLMV1.Result?
        /// After which to try again, where the vendor says so; else zero.
        public var retryAfterMilliseconds: UInt64

        public init(
            result: LLMV1.Result? = nil,
            retryAfterMilliseconds: UInt64 = 0
        ) {
            self.result = result
            self.retryAfterMilliseconds = retryAfterMilliseconds
        }
    }

    public struct GetRequest: Sendable, Hashable {
        public var requestID: String

        public init(
            requestID: String = ""
        ) {
            self.requestID = requestID
        }
    }

    public struct GetResponse: Sendable, Hashable {
        public var state: LLMV1.RequestState
        /// Calls to the vendor so far.
        public var attempts: UInt32
        /// Present once the state is SUCCEEDED, FAILED or CANCELLED.
        public var result: LLMV1.Result?

        public init(
            state: LLMV1.RequestState = .init(rawValue: 0),
            attempts: UInt32 = 0,
            result: LLMV1.Result? = nil
        ) {
            self.state = state
            self.attempts = attempts
            self.result = result
        }
    }

    public struct CancelRequest: Sendable, Hashable {
        public var owner: String
        /// Whose owner it is; empty for "default".
        public var tenant: String

        public init(
            owner: String = "",
            tenant: String = ""
        ) {
            self.owner = owner
            self.tenant = tenant
        }
    }

    public struct CancelResponse: Sendable, Hashable {
        /// Requests that have ended by it; those being sent run to their end, and those in a batch end with it.
        public var cancelled: UInt32

        public init(
            cancelled: UInt32 = 0
        ) {
            self.cancelled = cancelled
        }
    }

    public struct DescribeModelRequest: Sendable, Hashable {
        public var provider: String
        public var model: String

        public init(
            provider: String = "",
            model: String = ""
        ) {
            self.provider = provider
            self.model = model
        }
    }

    public struct DescribeModelResponse: Sendable, Hashable {
        public var provider: String
        /// The vendor's own name of the model; an alias is resolved.
        public var model: String
        public var contextTokens: UInt32
        public var maxOutputTokens: UInt32
        public var acceptsTemperature: Bool
        /// A prefix shorter than this is not kept in the vendor's cache; zero where there is no cache.
        public var minimumCacheableTokens: UInt32
        /// Absent for a model whose price is not known.
        public var prices: LLMV1.Prices?
        /// True when no language model stands behind the provider.
        public var simulated: Bool

        public init(
            provider: String = "",
            model: String = "",
            contextTokens: UInt32 = 0,
            maxOutputTokens: UInt32 = 0,
            acceptsTemperature: Bool = false,
            minimumCacheableTokens: UInt32 = 0,
            prices: LLMV1.Prices? = nil,
            simulated: Bool = false
        ) {
            self.provider = provider
            self.model = model
            self.contextTokens = contextTokens
            self.maxOutputTokens = maxOutputTokens
            self.acceptsTemperature = acceptsTemperature
            self.minimumCacheableTokens = minimumCacheableTokens
            self.prices = prices
            self.simulated = simulated
        }
    }

    /// Nano-dollars per token.
    public struct Prices: Sendable, Hashable {
        public var input: UInt64
        public var output: UInt64
        public var cacheRead: UInt64
        public var cacheWriteFiveMinutes: UInt64
        public var cacheWriteOneHour: UInt64
        /// The day on which the prices were looked up, as 2026-10-01.
        public var asOf: String
        /// What of each of these a token costs in a batch, in hundredths; zero for a model that takes none.
        public var batchPercent: UInt32

        public init(
            input: UInt64 = 0,
            output: UInt64 = 0,
            cacheRead: UInt64 = 0,
            cacheWriteFiveMinutes: UInt64 = 0,
            cacheWriteOneHour: UInt64 = 0,
            asOf: String = "",
            batchPercent: UInt32 = 0
        ) {
            self.input = input
            self.output = output
            self.cacheRead = cacheRead
            self.cacheWriteFiveMinutes = cacheWriteFiveMinutes
            self.cacheWriteOneHour = cacheWriteOneHour
            self.asOf = asOf
            self.batchPercent = batchPercent
        }
    }

    /// How a request ended.
    public struct Result: Sendable, Hashable {
        public var requestID: String
        public var owner: String
        public var outcome: Outcome?
        public var provider: String
        /// The model that answered, in the vendor's words; the model asked for where none answered.
        public var model: String
        /// Calls to the vendor that this request took.
        public var attempts: UInt32
        /// Over all attempts.
        public var usage: LLMV1.Usage?
        /// What the usage costs, in nano-dollars; absent where the price is not known.
        public var costNanodollars: UInt64?
        /// What the cached tokens would have cost more without the cache, less what writing the cache cost, in nano-dollars.
        public var cacheSavingsNanodollars: Int64?
        /// From the first byte sent to the last received, of the last attempt.
        public var latencyMilliseconds: UInt64
        /// The vendor's id of the last attempt.
        public var vendorRequestID: String
        /// True when no language model stands behind the reply.
        public var simulated: Bool
        /// The trace that the request belongs to, as its caller named it; one of its own where the caller named none.
        public var traceparent: String
        /// The caller's; the request id where there was none.
        public var correlationID: String
        /// SHA-256, in hexadecimal, of what the model was asked. Of each block in the order of the request the word system or user, a line feed,
        /// the number of bytes of the text in decimal, a line feed and the text go into it.
        public var promptSha256: String
        /// It ended in a batch; what it used there has the batch's price.
        public var byBatch: Bool

        public init(
            requestID: String = "",
            owner: String = "",
            outcome: Outcome? = nil,
            provider: String = "",
            model: String = "",
            attempts: UInt32 = 0,
            usage: LLMV1.Usage? = nil,
            costNanodollars: UInt64? = nil,
            cacheSavingsNanodollars: Int64? = nil,
            latencyMilliseconds: UInt64 = 0,
            vendorRequestID: String = "",
            simulated: Bool = false,
            traceparent: String = "",
            correlationID: String = "",
            promptSha256: String = "",
            byBatch: Bool = false
        ) {
            self.requestID = requestID
            self.owner = owner
            self.outcome = outcome
            self.provider = provider
            self.model = model
            self.attempts = attempts
            self.usage = usage
            self.costNanodollars = costNanodollars
            self.cacheSavingsNanodollars = cacheSavingsNanodollars
            self.latencyMilliseconds = latencyMilliseconds
            self.vendorRequestID = vendorRequestID
            self.simulated = simulated
            self.traceparent = traceparent
            self.correlationID = correlationID
            self.promptSha256 = promptSha256
            self.byBatch = byBatch
        }

        public enum Outcome: Sendable, Hashable {
            case reply(LLMV1.Reply)
            case failure(LLMV1.Failure)
        }
    }

    public struct Reply: Sendable, Hashable {
        /// The JSON object that the model returned; it fits the schema asked for.
        public var json: [UInt8]

        public init(
            json: [UInt8] = []
        ) {
            self.json = json
        }
    }

    public struct Failure: Sendable, Hashable {
        public var kind: LLMV1.FailureKind
        /// For a person to read; never the prompt.
        public var message: String
        /// The vendor's last HTTP status; zero where there was none.
        public var httpStatus: UInt32

        public init(
            kind: LLMV1.FailureKind = .init(rawValue: 0),
            message: String = "",
            httpStatus: UInt32 = 0
        ) {
            self.kind = kind
            self.message = message
            self.httpStatus = httpStatus
        }
    }

    public struct Usage: Sendable, Hashable {
        /// Neither read from the cache nor written to it.
        public var inputTokens: UInt64
        public var outputTokens: UInt64
        public var cacheReadTokens: UInt64
        public var cacheWriteFiveMinutesTokens: UInt64
        public var cacheWriteOneHourTokens: UInt64

        public init(
            inputTokens: UInt64 = 0,
            outputTokens: UInt64 = 0,
            cacheReadTokens: UInt64 = 0,
            cacheWriteFiveMinutesTokens: UInt64 = 0,
            cacheWriteOneHourTokens: UInt64 = 0
        ) {
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.cacheReadTokens = cacheReadTokens
            self.cacheWriteFiveMinutesTokens = cacheWriteFiveMinutesTokens
            self.cacheWriteOneHourTokens = cacheWriteOneHourTokens
        }
    }

    /// How a request gets to the vendor. A batch costs what `Prices.batch_percent` says and is answered when the vendor finds the time, most
    /// within an hour and none after a day: give a request by batch a timeout that leaves room for that.
    public struct Dispatch: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// IMMEDIATELY.
        public static let unspecified = Dispatch(rawValue: 0)
        /// As soon as the limits admit it, at the full price.
        public static let immediately = Dispatch(rawValue: 1)
        /// In a batch with others, each attempt of it. No more than the batch's price is set aside for it and paid.
        public static let byBatch = Dispatch(rawValue: 2)
        /// In a batch while there is time for one, then immediately. The full price is set aside for it.
        public static let byBatchWhileTime = Dispatch(rawValue: 3)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "DISPATCH_UNSPECIFIED"
                case 1: "DISPATCH_IMMEDIATELY"
                case 2: "DISPATCH_BY_BATCH"
                case 3: "DISPATCH_BY_BATCH_WHILE_TIME"
                default: "\(rawValue)"
            }
        }
    }

    /// How much of a tenant's share requests have while others of the tenant's wait too. None of them waits for all of another to be done.
    public struct RequestPriority: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// NORMAL.
        public static let unspecified = RequestPriority(rawValue: 0)
        /// Four parts.
        public static let high = RequestPriority(rawValue: 1)
        /// Two parts.
        public static let normal = RequestPriority(rawValue: 2)
        /// One part.
        public static let low = RequestPriority(rawValue: 3)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "REQUEST_PRIORITY_UNSPECIFIED"
                case 1: "REQUEST_PRIORITY_HIGH"
                case 2: "REQUEST_PRIORITY_NORMAL"
                case 3: "REQUEST_PRIORITY_LOW"
                default: "\(rawValue)"
            }
        }
    }

    public struct PromptTarget: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = PromptTarget(rawValue: 0)
        public static let system = PromptTarget(rawValue: 1)
        public static let user = PromptTarget(rawValue: 2)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "PROMPT_TARGET_UNSPECIFIED"
                case 1: "PROMPT_TARGET_SYSTEM"
                case 2: "PROMPT_TARGET_USER"
                default: "\(rawValue)"
            }
        }
    }

    /// Whether the prompt up to and including a block is worth keeping in the vendor's cache, and for how long at most. A wish: the service
    /// decides what is marked, so that no vendor refuses it and it pays.
    public struct CacheMark: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = CacheMark(rawValue: 0)
        public static let none = CacheMark(rawValue: 1)
        public static let fiveMinutes = CacheMark(rawValue: 2)
        public static let oneHour = CacheMark(rawValue: 3)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "CACHE_MARK_UNSPECIFIED"
                case 1: "CACHE_MARK_NONE"
                case 2: "CACHE_MARK_FIVE_MINUTES"
                case 3: "CACHE_MARK_ONE_HOUR"
                default: "\(rawValue)"
            }
        }
    }

    public struct RequestState: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = RequestState(rawValue: 0)
        /// Stored, and waiting for its first or its next attempt.
        public static let queued = RequestState(rawValue: 1)
        /// Held by a worker, or in a batch.
        public static let sending = RequestState(rawValue: 2)
        public static let succeeded = RequestState(rawValue: 3)
        public static let failed = RequestState(rawValue: 4)
        public static let cancelled = RequestState(rawValue: 5)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "REQUEST_STATE_UNSPECIFIED"
                case 1: "REQUEST_STATE_QUEUED"
                case 2: "REQUEST_STATE_SENDING"
                case 3: "REQUEST_STATE_SUCCEEDED"
                case 4: "REQUEST_STATE_FAILED"
                case 5: "REQUEST_STATE_CANCELLED"
                default: "\(rawValue)"
            }
        }
    }

    public struct FailureKind: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = FailureKind(rawValue: 0)
        /// The vendor refused the request as wrong (400, 404, 413, 422), which may be for what stands in it; others may succeed.
        public static let invalidRequest = FailureKind(rawValue: 1)
        /// The key is missing, wrong or not allowed to do this (401, 403).
        public static let authentication = FailureKind(rawValue: 2)
        /// The account has no money left, or a limit on spending was reached (402 and others).
        public static let billing = FailureKind(rawValue: 3)
        /// Still 429 after every attempt.
        public static let rateLimited = FailureKind(rawValue: 4)
        /// Still 5xx or 529 after every attempt.
        public static let overloaded = FailureKind(rawValue: 5)
        /// No connection, or it broke, or no answer in time, after every attempt.
        public static let unreachable = FailureKind(rawValue: 6)
        /// Replies that do not fit the format, after every attempt.
        public static let unreadableReply = FailureKind(rawValue: 7)
        /// The model declined to answer.
        public static let refusal = FailureKind(rawValue: 8)
        /// The reply was cut off at max_output_tokens.
        public static let truncated = FailureKind(rawValue: 9)
        public static let cancelled = FailureKind(rawValue: 10)
        /// There was no answer in the time that it was given.
        public static let expired = FailureKind(rawValue: 11)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "FAILURE_KIND_UNSPECIFIED"
                case 1: "FAILURE_KIND_INVALID_REQUEST"
                case 2: "FAILURE_KIND_AUTHENTICATION"
                case 3: "FAILURE_KIND_BILLING"
                case 4: "FAILURE_KIND_RATE_LIMITED"
                case 5: "FAILURE_KIND_OVERLOADED"
                case 6: "FAILURE_KIND_UNREACHABLE"
                case 7: "FAILURE_KIND_UNREADABLE_REPLY"
                case 8: "FAILURE_KIND_REFUSAL"
                case 9: "FAILURE_KIND_TRUNCATED"
                case 10: "FAILURE_KIND_CANCELLED"
                case 11: "FAILURE_KIND_EXPIRED"
                default: "\(rawValue)"
            }
        }
    }
}

extension LLMV1.SubmitRequest: WireMessage {
    public static let typeName = "huleedu.llm.v1.SubmitRequest"
    static let shape = MessageShape(huleedu_llm_v1_SubmitRequest())

    public init() {
        self.init(requestID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        requestID = cMessage.string(0)
        owner = cMessage.string(1)
        provider = cMessage.string(2)
        model = cMessage.string(3)
        if cMessage.isSet(4) { temperature = cMessage.double(4) }
        maxOutputTokens = cMessage.uint32(5)
        blocks = cMessage.messages(6).map(LLMV1.PromptBlock.init(reading:))
        replyFormat = cMessage.message(7).map(LLMV1.ReplyFormat.init(reading:))
        maxPaidCalls = cMessage.uint32(8)
        expectedRequests = cMessage.uint32(9)
        tenant = cMessage.string(10)
        timeoutMilliseconds = cMessage.uint64(11)
        priority = LLMV1.RequestPriority(rawValue: cMessage.int32(12))
        dispatch = LLMV1.Dispatch(rawValue: cMessage.int32(13))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: requestID)
        try cMessage.set(1, string: owner)
        try cMessage.set(2, string: provider)
        try cMessage.set(3, string: model)
        if let temperature {
            cMessage.choose(4)
            cMessage.set(4, double: temperature)
        }
        cMessage.set(5, uint32: maxOutputTokens)
        if !blocks.isEmpty { try cMessage.set(6, messages: blocks) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        if let replyFormat {
            try cMessage.set(7, message: replyFormat.write)
        }
        cMessage.set(8, uint32: maxPaidCalls)
        cMessage.set(9, uint32: expectedRequests)
        try cMessage.set(10, string: tenant)
        cMessage.set(11, uint64: timeoutMilliseconds)
        cMessage.set(12, int32: priority.rawValue)
        cMessage.set(13, int32: dispatch.rawValue)
    }
}

extension LLMV1.PromptBlock: WireMessage {
    public static let typeName = "huleedu.llm.v1.PromptBlock"
    static let shape = MessageShape(huleedu_llm_v1_PromptBlock())

    public init() {
        self.init(target: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        target = LLMV1.PromptTarget(rawValue: cMessage.int32(0))
        text = cMessage.bytes(1)
        cacheMark = LLMV1.CacheMark(rawValue: cMessage.int32(2))
        varies = cMessage.bool(3)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: target.rawValue)
        cMessage.set(1, bytes: text)
        cMessage.set(2, int32: cacheMark.rawValue)
        cMessage.set(3, bool: varies)
    }
}

extension LLMV1.ReplyFormat: WireMessage {
    public static let typeName = "huleedu.llm.v1.ReplyFormat"
    static let shape = MessageShape(huleedu_llm_v1_ReplyFormat())

    public init() {
        self.init(name: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        name = cMessage.string(0)
        description = cMessage.bytes(1)
        jsonSchema = cMessage.bytes(2)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: name)
        cMessage.set(1, bytes: description)
        cMessage.set(2, bytes: jsonSchema)
    }
}

extension LLMV1.SubmitResponse: WireMessage {
    public static let typeName = "huleedu.llm.v1.SubmitResponse"
    static let shape = MessageShape(huleedu_llm_v1_SubmitResponse())

    public init() {
        self.init(state: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        state = LLMV1.RequestState(rawValue: cMessage.int32(0))
        alreadyKnown = cMessage.bool(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: state.rawValue)
        cMessage.set(1, bool: alreadyKnown)
    }
}

extension LLMV1.SubmitManyRequest: WireMessage {
    public static let typeName = "huleedu.llm.v1.SubmitManyRequest"
    static let shape = MessageShape(huleedu_llm_v1_SubmitManyRequest())

    public init() {
        self.init(submissions: [])
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        submissions = cMessage.messages(0).map(LLMV1.Submission.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if !submissions.isEmpty { try cMessage.set(0, messages: submissions) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
    }
}

extension LLMV1.Submission: WireMessage {
    public static let typeName = "huleedu.llm.v1.Submission"
    static let shape = MessageShape(huleedu_llm_v1_Submission())

    public init() {
        self.init(request: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        request = cMessage.message(0).map(LLMV1.SubmitRequest.init(reading:))
        traceparent = cMessage.string(1)
        correlationID = cMessage.string(2)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let request {
            try cMessage.set(0, message: request.write)
        }
        try cMessage.set(1, string: traceparent)
        try cMessage.set(2, string: correlationID)
    }
}

extension LLMV1.SubmitManyResponse: WireMessage {
    public static let typeName = "huleedu.llm.v1.SubmitManyResponse"
    static let shape = MessageShape(huleedu_llm_v1_SubmitManyResponse())

    public init() {
        self.init(answers: [])
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        answers = cMessage.messages(0).map(LLMV1.SubmitAnswer.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if !answers.isEmpty { try cMessage.set(0, messages: answers) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
    }
}

extension LLMV1.SubmitAnswer: WireMessage {
    public static let typeName = "huleedu.llm.v1.SubmitAnswer"
    static let shape = MessageShape(huleedu_llm_v1_SubmitAnswer())

    public init() {
        self.init(outcome: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        if cMessage.isSet(0), let member = cMessage.message(0) { outcome = .response(LLMV1.SubmitResponse(reading: member)) }
        if cMessage.isSet(1), let member = cMessage.message(1) { outcome = .error(LLMV1.SubmitError(reading: member)) }
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if case .response(let response) = outcome {
            cMessage.choose(0)
            try cMessage.set(0, message: response.write)
        }
        if case .error(let error) = outcome {
            cMessage.choose(1)
            try cMessage.set(1, message: error.write)
        }
    }
}

extension LLMV1.SubmitError: WireMessage {
    public static let typeName = "huleedu.llm.v1.SubmitError"
    static let shape = MessageShape(huleedu_llm_v1_SubmitError())

    public init() {
        self.init(code: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        code = cMessage.int32(0)
        message = cMessage.string(1)
        refused = cMessage.bool(2)
        retryAfterMilliseconds = cMessage.uint64(3)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: code)
        try cMessage.set(1, string: message)
        cMessage.set(2, bool: refused)
        cMessage.set(3, uint64: retryAfterMilliseconds)
    }
}

extension LLMV1.CompleteRequest: WireMessage {
    public static let typeName = "huleedu.llm.v1.CompleteRequest"
    static let shape = MessageShape(huleedu_llm_v1_CompleteRequest())

    public init() {
        self.init(request: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        request = cMessage.message(0).map(LLMV1.SubmitRequest.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let request {
            try cMessage.set(0, message: request.write)
        }
    }
}

extension LLMV1.CompleteResponse: WireMessage {
    public static let typeName = "huleedu.llm.v1.CompleteResponse"
    static let shape = MessageShape(huleedu_llm_v1_CompleteResponse())

    public init() {
        self.init(result: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        result = cMessage.message(0).map(LLMV1.Result.init(reading:))
        retryAfterMilliseconds = cMessage.uint64(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let result {
            try cMessage.set(0, message: result.write)
        }
        cMessage.set(1, uint64: retryAfterMilliseconds)
    }
}

extension LLMV1.GetRequest: WireMessage {
    public static let typeName = "huleedu.llm.v1.GetRequest"
    static let shape = MessageShape(huleedu_llm_v1_GetRequest())

    public init() {
        self.init(requestID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        requestID = cMessage.string(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: requestID)
    }
}

extension LLMV1.GetResponse: WireMessage {
    public static let typeName = "huleedu.llm.v1.GetResponse"
    static let shape = MessageShape(huleedu_llm_v1_GetResponse())

    public init() {
        self.init(state: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        state = LLMV1.RequestState(rawValue: cMessage.int32(0))
        attempts = cMessage.uint32(1)
        result = cMessage.message(2).map(LLMV1.Result.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: state.rawValue)
        cMessage.set(1, uint32: attempts)
        if let result {
            try cMessage.set(2, message: result.write)
        }
    }
}

extension LLMV1.CancelRequest: WireMessage {
    public static let typeName = "huleedu.llm.v1.CancelRequest"
    static let shape = MessageShape(huleedu_llm_v1_CancelRequest())

    public init() {
        self.init(owner: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        owner = cMessage.string(0)
        tenant = cMessage.string(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: owner)
        try cMessage.set(1, string: tenant)
    }
}

extension LLMV1.CancelResponse: WireMessage {
    public static let typeName = "huleedu.llm.v1.CancelResponse"
    static let shape = MessageShape(huleedu_llm_v1_CancelResponse())

    public init() {
        self.init(cancelled: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        cancelled = cMessage.uint32(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint32: cancelled)
    }
}

extension LLMV1.DescribeModelRequest: WireMessage {
    public static let typeName = "huleedu.llm.v1.DescribeModelRequest"
    static let shape = MessageShape(huleedu_llm_v1_DescribeModelRequest())

    public init() {
        self.init(provider: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        provider = cMessage.string(0)
        model = cMessage.string(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: provider)
        try cMessage.set(1, string: model)
    }
}

extension LLMV1.DescribeModelResponse: WireMessage {
    public static let typeName = "huleedu.llm.v1.DescribeModelResponse"
    static let shape = MessageShape(huleedu_llm_v1_DescribeModelResponse())

    public init() {
        self.init(provider: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        provider = cMessage.string(0)
        model = cMessage.string(1)
        contextTokens = cMessage.uint32(2)
        maxOutputTokens = cMessage.uint32(3)
        acceptsTemperature = cMessage.bool(4)
        minimumCacheableTokens = cMessage.uint32(5)
        prices = cMessage.message(6).map(LLMV1.Prices.init(reading:))
        simulated = cMessage.bool(7)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: provider)
        try cMessage.set(1, string: model)
        cMessage.set(2, uint32: contextTokens)
        cMessage.set(3, uint32: maxOutputTokens)
        cMessage.set(4, bool: acceptsTemperature)
        cMessage.set(5, uint32: minimumCacheableTokens)
        if let prices {
            try cMessage.set(6, message: prices.write)
        }
        cMessage.set(7, bool: simulated)
    }
}

extension LLMV1.Prices: WireMessage {
    public static let typeName = "huleedu.llm.v1.Prices"
    static let shape = MessageShape(huleedu_llm_v1_Prices())

    public init() {
        self.init(input: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        input = cMessage.uint64(0)
        output = cMessage.uint64(1)
        cacheRead = cMessage.uint64(2)
        cacheWriteFiveMinutes = cMessage.uint64(3)
        cacheWriteOneHour = cMessage.uint64(4)
        asOf = cMessage.string(5)
        batchPercent = cMessage.uint32(6)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint64: input)
        cMessage.set(1, uint64: output)
        cMessage.set(2, uint64: cacheRead)
        cMessage.set(3, uint64: cacheWriteFiveMinutes)
        cMessage.set(4, uint64: cacheWriteOneHour)
        try cMessage.set(5, string: asOf)
        cMessage.set(6, uint32: batchPercent)
    }
}

extension LLMV1.Result: WireMessage {
    public static let typeName = "huleedu.llm.v1.Result"
    static let shape = MessageShape(huleedu_llm_v1_Result())

    public init() {
        self.init(requestID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        requestID = cMessage.string(0)
        owner = cMessage.string(1)
        if cMessage.isSet(2), let member = cMessage.message(2) { outcome = .reply(LLMV1.Reply(reading: member)) }
        if cMessage.isSet(3), let member = cMessage.message(3) { outcome = .failure(LLMV1.Failure(reading: member)) }
        provider = cMessage.string(4)
        model = cMessage.string(5)
        attempts = cMessage.uint32(6)
        usage = cMessage.message(7).map(LLMV1.Usage.init(reading:))
        if cMessage.isSet(8) { costNanodollars = cMessage.uint64(8) }
        if cMessage.isSet(9) { cacheSavingsNanodollars = cMessage.int64(9) }
        latencyMilliseconds = cMessage.uint64(10)
        vendorRequestID = cMessage.string(11)
        simulated = cMessage.bool(12)
        traceparent = cMessage.string(13)
        correlationID = cMessage.string(14)
        promptSha256 = cMessage.string(15)
        byBatch = cMessage.bool(16)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: requestID)
        try cMessage.set(1, string: owner)
        if case .reply(let reply) = outcome {
            cMessage.choose(2)
            try cMessage.set(2, message: reply.write)
        }
        if case .failure(let failure) = outcome {
            cMessage.choose(3)
            try cMessage.set(3, message: failure.write)
        }
        try cMessage.set(4, string: provider)
        try cMessage.set(5, string: model)
        cMessage.set(6, uint32: attempts)
        if let usage {
            try cMessage.set(7, message: usage.write)
        }
        if let costNanodollars {
            cMessage.choose(8)
            cMessage.set(8, uint64: costNanodollars)
        }
        if let cacheSavingsNanodollars {
            cMessage.choose(9)
            cMessage.set(9, int64: cacheSavingsNanodollars)
        }
        cMessage.set(10, uint64: latencyMilliseconds)
        try cMessage.set(11, string: vendorRequestID)
        cMessage.set(12, bool: simulated)
        try cMessage.set(13, string: traceparent)
        try cMessage.set(14, string: correlationID)
        try cMessage.set(15, string: promptSha256)
        cMessage.set(16, bool: byBatch)
    }
}

extension LLMV1.Reply: WireMessage {
    public static let typeName = "huleedu.llm.v1.Reply"
    static let shape = MessageShape(huleedu_llm_v1_Reply())

    public init() {
        self.init(json: [])
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        json = cMessage.bytes(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, bytes: json)
    }
}

extension LLMV1.Failure: WireMessage {
    public static let typeName = "huleedu.llm.v1.Failure"
    static let shape = MessageShape(huleedu_llm_v1_Failure())

    public init() {
        self.init(kind: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        kind = LLMV1.FailureKind(rawValue: cMessage.int32(0))
        message = cMessage.string(1)
        httpStatus = cMessage.uint32(2)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: kind.rawValue)
        try cMessage.set(1, string: message)
        cMessage.set(2, uint32: httpStatus)
    }
}

extension LLMV1.Usage: WireMessage {
    public static let typeName = "huleedu.llm.v1.Usage"
    static let shape = MessageShape(huleedu_llm_v1_Usage())

    public init() {
        self.init(inputTokens: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        inputTokens = cMessage.uint64(0)
        outputTokens = cMessage.uint64(1)
        cacheReadTokens = cMessage.uint64(2)
        cacheWriteFiveMinutesTokens = cMessage.uint64(3)
        cacheWriteOneHourTokens = cMessage.uint64(4)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint64: inputTokens)
        cMessage.set(1, uint64: outputTokens)
        cMessage.set(2, uint64: cacheReadTokens)
        cMessage.set(3, uint64: cacheWriteFiveMinutesTokens)
        cMessage.set(4, uint64: cacheWriteOneHourTokens)
    }
}
