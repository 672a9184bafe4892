import Contracts
import Crypto

/// Requests that take turns with others and among which the oldest goes first: those of one tenant to one provider, of one priority.
struct RequestFlow: Sendable, Hashable {
    enum Priority: Int, Sendable, Hashable, CaseIterable {
        case high = 1
        case normal = 2
        case low = 3

        /// Parts of its tenant's share.
        var weight: Int {
            switch self {
            case .high: 4
            case .normal: 2
            case .low: 1
            }
        }
    }

    let provider: String
    /// Tells tenants apart; two of which it does not tell apart share their turns.
    let tenant: String
    let priority: Priority
    /// They go to the vendor in batches.
    let isByBatch: Bool
    /// What the queue calls the jobs of the flow.
    let kind: String

    /// The last word of the kinds of jobs that go in batches. Versions that know of none leave them alone.
    private static let batch = "batch"
    /// Those kinds, for the database to compare with.
    static let batchKinds = "% " + batch

    init(_ request: LLMV1.SubmitRequest) {
        self.init(request, isByBatch: Dispatch(request.dispatch)?.startsByBatch ?? false)
    }

    /// The flow of a request that may take either way.
    init(_ request: LLMV1.SubmitRequest, isByBatch: Bool) {
        provider = request.provider
        // Short, because a tenant's name may be longer than that of a kind.
        tenant = SHA256.hash(data: Array(Payer(request).tenant.utf8)).prefix(8).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        priority = Priority(rawValue: Int(request.priority.rawValue)) ?? .normal
        self.isByBatch = isByBatch
        kind = "\(provider) \(tenant) \(priority.rawValue)" + (isByBatch ? " \(Self.batch)" : "")
    }

    /// The flow that a job belongs to. Earlier versions named jobs by their provider alone.
    init(kind: String) {
        let words = kind.split(separator: " ")
        self.kind = kind
        isByBatch = words.count == 4 && words[3] == Self.batch
        if words.count == 3 || isByBatch, let number = Int(words[2]), let priority = Priority(rawValue: number) {
            provider = String(words[0])
            tenant = String(words[1])
            self.priority = priority
        } else {
            provider = kind
            tenant = ""
            priority = .normal
        }
    }
}
