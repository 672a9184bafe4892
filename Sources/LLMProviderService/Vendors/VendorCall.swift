/// A request with everything about it settled, ready to be put into a vendor's words.
struct VendorCall: Sendable, Hashable {
    enum CacheMark: Sendable, Hashable { case none, fiveMinutes, oneHour }

    struct Block: Sendable, Hashable {
        let isSystem: Bool
        let text: String
        let cacheMark: CacheMark
        /// The text is another in the next request.
        var varies = false

        func marked(_ mark: CacheMark) -> Block {
            Block(isSystem: isSystem, text: text, cacheMark: mark, varies: varies)
        }
    }

    struct Format: Sendable, Hashable {
        let name: String
        let description: String
        /// JSON Schema, as the caller wrote it.
        let schema: String

        var byteCount: Int { name.utf8.count + description.utf8.count + schema.utf8.count }
    }

    let model: ModelDescription
    let temperature: Double?
    let maximumOutputTokens: Int
    let layout: PromptLayout
    let format: Format

    var blocks: [Block] { layout.blocks }
}

/// What came of one attempt.
enum AttemptOutcome: Sendable, Hashable {
    /// The object that was asked for.
    case reply(VendorReply)
    /// No reply, and why.
    case failure(AttemptFailure)

    /// Why there is no reply; nil where there is one.
    var failure: AttemptFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

/// A vendor's answer.
struct VendorReply: Sendable, Hashable {
    /// The object, in the schema's spelling.
    let json: [UInt8]
    /// As the vendor names it.
    let model: String
    let usage: TokenUsage
    let vendorRequestID: String

    init(json: [UInt8], model: String, usage: TokenUsage, vendorRequestID: String) {
        self.json = json
        self.model = model.passedOn(limit: 200)
        self.usage = usage
        self.vendorRequestID = vendorRequestID.passedOn(limit: 200)
    }
}

/// Why an attempt brought no reply, and what may follow.
struct AttemptFailure: Error, Sendable, Hashable {
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case invalidRequest, authentication, billing, rateLimited, overloaded, unreachable, unreadableReply, refusal, truncated,
            cancelled, expired
    }

    enum Remedy: Sendable, Hashable {
        /// Nothing will change it.
        case none
        /// Another attempt, after a growing pause.
        case retry
        /// Another attempt that does not count, once the vendor takes requests again; nothing is sent to it until then.
        case wait(Duration)
    }

    /// What else it keeps the vendor from doing, until somebody has put it right.
    enum Reach: Sendable, Hashable {
        case request
        /// All requests of the account to the same pool of models.
        case lane
        /// All requests of the account.
        case account
    }

    /// Of a request that its owner has withdrawn.
    static let cancelled = AttemptFailure(kind: .cancelled, message: "withdrawn before there was an answer")
    /// Of a request whose time is over.
    static let expired = AttemptFailure(kind: .expired, message: "there was no answer in the request's time")
    /// Of a request that makes a call of more bytes than are sent at once.
    static func tooLarge(_ bytes: Int, limit: Int) -> AttemptFailure {
        AttemptFailure(kind: .invalidRequest, message: "blocks: the call has \(bytes) bytes, more than the \(limit) allowed")
    }

    let kind: Kind
    let reach: Reach
    /// For a person to read.
    let message: String
    let remedy: Remedy
    /// Zero where there was no answer.
    let httpStatus: Int
    /// Tokens that the attempt used all the same.
    let usage: TokenUsage
    let vendorRequestID: String

    /// One after which what is usual for its kind may follow, see ``FailureRules``.
    init(
        kind: Kind, message: String, reach: Reach = .request, httpStatus: Int = 0, usage: TokenUsage = TokenUsage(),
        vendorRequestID: String = ""
    ) {
        self.init(
            kind: kind, message: message, remedy: kind.rules.remedy, reach: reach, httpStatus: httpStatus, usage: usage,
            vendorRequestID: vendorRequestID)
    }

    /// The same, if it keeps the vendor from more than is usual for its kind.
    func reaching(_ reach: Reach) -> AttemptFailure {
        AttemptFailure(
            kind: kind, message: message, remedy: remedy, reach: reach, httpStatus: httpStatus, usage: usage,
            vendorRequestID: vendorRequestID)
    }

    init(
        kind: Kind, message: String, remedy: Remedy, reach: Reach = .request, httpStatus: Int = 0,
        usage: TokenUsage = TokenUsage(), vendorRequestID: String = ""
    ) {
        self.kind = kind
        self.reach = reach
        self.message = message.passedOn(limit: 400)
        self.remedy = remedy
        self.httpStatus = httpStatus
        self.usage = usage
        self.vendorRequestID = vendorRequestID.passedOn(limit: 200)
    }
}
