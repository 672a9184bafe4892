// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension LLMV1 {
    public protocol SpendingService: Sendable {
        /// What a tenant, or an owner within it, has spent, and on what. One that is not known has spent nothing.
        func getSpending(
            _ request: LLMV1.GetSpendingRequest, context: ServerContext
        ) async throws -> LLMV1.GetSpendingResponse
        /// Limits what a tenant, or an owner within it, may spend in all, or lifts the limit. It holds for every request that is taken on after
        /// this has answered; requests under way run to their end. Repeating it changes nothing. From another machine than the service's own it
        /// is PERMISSION_DENIED.
        func setBudget(
            _ request: LLMV1.SetBudgetRequest, context: ServerContext
        ) async throws -> LLMV1.SetBudgetResponse
    }

    /// Calls `huleedu.llm.v1.Spending` over a transport.
    public struct SpendingClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        /// What a tenant, or an owner within it, has spent, and on what. One that is not known has spent nothing.
        public func getSpending(
            _ request: LLMV1.GetSpendingRequest, options: CallOptions = CallOptions()
        ) async throws -> LLMV1.GetSpendingResponse {
            try await transport.call(SpendingServer.getSpending, request, options: options)
        }

        /// Limits what a tenant, or an owner within it, may spend in all, or lifts the limit. It holds for every request that is taken on after
        /// this has answered; requests under way run to their end. Repeating it changes nothing. From another machine than the service's own it
        /// is PERMISSION_DENIED.
        public func setBudget(
            _ request: LLMV1.SetBudgetRequest, options: CallOptions = CallOptions()
        ) async throws -> LLMV1.SetBudgetResponse {
            try await transport.call(SpendingServer.setBudget, request, options: options)
        }
    }

    /// Serves an implementation of `huleedu.llm.v1.Spending`.
    public struct SpendingServer: RPCService {
        public static let serviceName = "huleedu.llm.v1.Spending"
        public static let getSpending = MethodDescriptor(service: serviceName, method: "GetSpending", isIdempotent: true)
        public static let setBudget = MethodDescriptor(service: serviceName, method: "SetBudget", isIdempotent: true)

        private let service: any SpendingService

        public init(_ service: any SpendingService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { ["GetSpending", "SetBudget"] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                case "GetSpending":
                    try await UnaryCall.answer(payload) { request in
                        try await service.getSpending(request, context: context)
                    }
                case "SetBudget":
                    try await UnaryCall.answer(payload) { request in
                        try await service.setBudget(request, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }
    }

    /// Money is counted in nano-dollars, of the requests that have ended since the ledger was introduced. It is what replies tell: a call whose
    /// reply was lost is billed by the vendor and not known here. What is simulated costs nothing.
    public struct Account: Sendable, Hashable {
        public var tenant: String
        /// Empty for the tenant as a whole.
        public var owner: String
        /// Absent: no limit.
        public var budgetNanodollars: UInt64?
        /// On requests that have ended.
        public var spentNanodollars: UInt64
        /// The most that the requests under way can cost. A request is taken on only where spent, reserved and the most that it can cost itself
        /// are within the budget, its owner's and its tenant's. So neither is exceeded, as far as replies tell and prices are known.
        public var reservedNanodollars: UInt64

        public init(
            tenant: String = "",
            owner: String = "",
            budgetNanodollars: UInt64? = nil,
            spentNanodollars: UInt64 = 0,
            reservedNanodollars: UInt64 = 0
        ) {
            self.tenant = tenant
            self.owner = owner
            self.budgetNanodollars = budgetNanodollars
            self.spentNanodollars = spentNanodollars
            self.reservedNanodollars = reservedNanodollars
        }
    }

    public struct GetSpendingRequest: Sendable, Hashable {
        /// Empty for "default".
        public var tenant: String
        /// Empty for the tenant as a whole.
        public var owner: String

        public init(
            tenant: String = "",
            owner: String = ""
        ) {
            self.tenant = tenant
            self.owner = owner
        }
    }

    public struct GetSpendingResponse: Sendable, Hashable {
        public var account: LLMV1.Account?
        /// The latest day first; at most 1000.
        public var lines: [LLMV1.SpendingLine]

        public init(
            account: LLMV1.Account? = nil,
            lines: [LLMV1.SpendingLine] = []
        ) {
            self.account = account
            self.lines = lines
        }
    }

    /// What the requests to one model came to that are entered under one day.
    public struct SpendingLine: Sendable, Hashable {
        /// A day in UTC, as 2026-10-01: on which the attempt began that ended them, or on which they were withdrawn or refused.
        public var day: String
        public var provider: String
        public var model: String
        public var requests: UInt64
        /// Those of them whose price is not known; they count nothing in cost.
        public var unpricedRequests: UInt64
        /// Attempts that were begun, whatever came of them: those that the vendor let wait too, and those whose worker died or that could not be
        /// sent.
        public var calls: UInt64
        public var usage: LLMV1.Usage?
        /// As far as replies tell; of what is simulated, what it would have cost.
        public var costNanodollars: UInt64
        /// As in Result.
        public var cacheSavingsNanodollars: Int64
        /// True when no language model stands behind the provider, and nothing was paid.
        public var simulated: Bool
        /// Those of the requests that ended in a batch, at its price.
        public var batchRequests: UInt64

        public init(
            day: String = "",
            provider: String = "",
            model: String = "",
            requests: UInt64 = 0,
            unpricedRequests: UInt64 = 0,
            calls: UInt64 = 0,
            usage: LLMV1.Usage? = nil,
            costNanodollars: UInt64 = 0,
            cacheSavingsNanodollars: Int64 = 0,
            simulated: Bool = false,
            batchRequests: UInt64 = 0
        ) {
            self.day = day
            self.provider = provider
            self.model = model
            self.requests = requests
            self.unpricedRequests = unpricedRequests
            self.calls = calls
            self.usage = usage
            self.costNanodollars = costNanodollars
            self.cacheSavingsNanodollars = cacheSavingsNanodollars
            self.simulated = simulated
            self.batchRequests = batchRequests
        }
    }

    public struct SetBudgetRequest: Sendable, Hashable {
        /// Empty for "default".
        public var tenant: String
        /// Empty for the tenant as a whole.
        public var owner: String
        /// At most 1,000,000,000,000,000,000, which is a thousand million dollars; absent lifts the limit.
        public var budgetNanodollars: UInt64?

        public init(
            tenant: String = "",
            owner: String = "",
            budgetNanodollars: UInt64? = nil
        ) {
            self.tenant = tenant
            self.owner = owner
            self.budgetNanodollars = budgetNanodollars
        }
    }

    public struct SetBudgetResponse: Sendable, Hashable {
        /// As it stands with the new limit.
        public var account: LLMV1.Account?

        public init(
            account: LLMV1.Account? = nil
        ) {
            self.account = account
        }
    }
}

extension LLMV1.Account: WireMessage {
    public static let typeName = "huleedu.llm.v1.Account"
    static let shape = MessageShape(huleedu_llm_v1_Account())

    public init() {
        self.init(tenant: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        tenant = cMessage.string(0)
        owner = cMessage.string(1)
        if cMessage.isSet(2) { budgetNanodollars = cMessage.uint64(2) }
        spentNanodollars = cMessage.uint64(3)
        reservedNanodollars = cMessage.uint64(4)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: tenant)
        try cMessage.set(1, string: owner)
        if let budgetNanodollars {
            cMessage.choose(2)
            cMessage.set(2, uint64: budgetNanodollars)
        }
        cMessage.set(3, uint64: spentNanodollars)
        cMessage.set(4, uint64: reservedNanodollars)
    }
}

extension LLMV1.GetSpendingRequest: WireMessage {
    public static let typeName = "huleedu.llm.v1.GetSpendingRequest"
    static let shape = MessageShape(huleedu_llm_v1_GetSpendingRequest())

    public init() {
        self.init(tenant: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        tenant = cMessage.string(0)
        owner = cMessage.string(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: tenant)
        try cMessage.set(1, string: owner)
    }
}

extension LLMV1.GetSpendingResponse: WireMessage {
    public static let typeName = "huleedu.llm.v1.GetSpendingResponse"
    static let shape = MessageShape(huleedu_llm_v1_GetSpendingResponse())

    public init() {
        self.init(account: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        account = cMessage.message(0).map(LLMV1.Account.init(reading:))
        lines = cMessage.messages(1).map(LLMV1.SpendingLine.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let account {
            try cMessage.set(0, message: account.write)
        }
        if !lines.isEmpty { try cMessage.set(1, messages: lines) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
    }
}

extension LLMV1.SpendingLine: WireMessage {
    public static let typeName = "huleedu.llm.v1.SpendingLine"
    static let shape = MessageShape(huleedu_llm_v1_SpendingLine())

    public init() {
        self.init(day: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        day = cMessage.string(0)
        provider = cMessage.string(1)
        model = cMessage.string(2)
        requests = cMessage.uint64(3)
        unpricedRequests = cMessage.uint64(4)
        calls = cMessage.uint64(5)
        usage = cMessage.message(6).map(LLMV1.Usage.init(reading:))
        costNanodollars = cMessage.uint64(7)
        cacheSavingsNanodollars = cMessage.int64(8)
        simulated = cMessage.bool(9)
        batchRequests = cMessage.uint64(10)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: day)
        try cMessage.set(1, string: provider)
        try cMessage.set(2, string: model)
        cMessage.set(3, uint64: requests)
        cMessage.set(4, uint64: unpricedRequests)
        cMessage.set(5, uint64: calls)
        if let usage {
            try cMessage.set(6, message: usage.write)
        }
        cMessage.set(7, uint64: costNanodollars)
        cMessage.set(8, int64: cacheSavingsNanodollars)
        cMessage.set(9, bool: simulated)
        cMessage.set(10, uint64: batchRequests)
    }
}

extension LLMV1.SetBudgetRequest: WireMessage {
    public static let typeName = "huleedu.llm.v1.SetBudgetRequest"
    static let shape = MessageShape(huleedu_llm_v1_SetBudgetRequest())

    public init() {
        self.init(tenant: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        tenant = cMessage.string(0)
        owner = cMessage.string(1)
        if cMessage.isSet(2) { budgetNanodollars = cMessage.uint64(2) }
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: tenant)
        try cMessage.set(1, string: owner)
        if let budgetNanodollars {
            cMessage.choose(2)
            cMessage.set(2, uint64: budgetNanodollars)
        }
    }
}

extension LLMV1.SetBudgetResponse: WireMessage {
    public static let typeName = "huleedu.llm.v1.SetBudgetResponse"
    static let shape = MessageShape(huleedu_llm_v1_SetBudgetResponse())

    public init() {
        self.init(account: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        account = cMessage.message(0).map(LLMV1.Account.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let account {
            try cMessage.set(0, message: account.write)
        }
    }
}
