/// The beginning of a prompt that a vendor may keep: the model, the form of the reply and all blocks up to the last mark.
struct PromptPrefix: Sendable, Hashable {
    /// Tells beginnings apart, within this process.
    let digest: Int
    /// Whether what the vendor reads from its cache counts towards its limits.
    let countsReads: Bool
}

/// Which beginnings of prompts a lane's vendor keeps, and which are being written by the first request that has them.
///
/// What a request writes can be read once its answer has begun. Requests that are sent before that each write the same again, for more than
/// plain input costs instead of a tenth of it. So the first one leads, those that begin like it are kept back until it is answered, and
/// where it fails another leads.
///
/// What other processes wrote is not known here. After a hand-over one request leads that need not have: it reads what there is, and the
/// others lose the time that it takes, and nothing else.
struct WarmPrefixes: Sendable {
    /// Beginnings that are remembered, besides those that are led; beyond it the one that ends first is forgotten, and written once more.
    static let maximum = 1024
    /// A beginning is no longer counted on so long before its end, in nanoseconds.
    static let margin: Int64 = 15_000_000_000

    /// How long vendors keep what was written or read, in nanoseconds.
    enum Life: Int64, Sendable {
        case fiveMinutes = 300_000_000_000
        case oneHour = 3_600_000_000_000
    }

    /// What sending a request with a beginning would do.
    enum Standing: Sendable, Hashable {
        /// Write it, for all that come after.
        case cold
        /// Write it once more than is needed.
        case led
        /// Read so many tokens; zero where the vendor keeps none of it.
        case warm(tokens: Int64)
    }

    private struct Lead {
        let number: UInt64
        let until: Int64
    }

    private struct Warmth {
        var tokens: Int64
        var life: Life
        var until: Int64
    }

    /// How long a request leads without an answer, in nanoseconds; then another does.
    let patience: Int64
    private var leads: [PromptPrefix: Lead] = [:]
    private var warmths: [PromptPrefix: Warmth] = [:]

    init(patience: Int64) {
        self.patience = patience
    }

    /// Beginnings that are remembered or led.
    var count: Int { leads.count + warmths.count }

    /// When the next request stops leading that is not answered by then.
    func nextHandOver(after now: Int64) -> Int64? { leads.values.map(\.until).filter { $0 > now }.min() }

    func standing(of prefix: PromptPrefix, at now: Int64) -> Standing {
        if let warmth = warmths[prefix], warmth.until > now { return .warm(tokens: warmth.tokens) }
        return leads[prefix].map { $0.until > now } ?? false ? .led : .cold
    }

    /// A request is sent, and leads if what it begins with is cold.
    mutating func sent(_ prefix: PromptPrefix, number: UInt64, at now: Int64) {
        guard standing(of: prefix, at: now) == .cold else { return }
        leads[prefix] = Lead(number: number, until: now + patience)
    }

    /// A request was answered.
    ///
    /// - Parameter usage: nothing where the vendor does not say; its word on what it wrote tells how long it keeps that.
    mutating func answered(_ prefix: PromptPrefix, number: UInt64, usage: TokenUsage, sentAt: Int64, at now: Int64) {
        let known = warmths[prefix]
        var warmth = known ?? Warmth(tokens: 0, life: .fiveMinutes, until: sentAt)
        if usage.cacheWriteFiveMinutes > 0 {
            warmth.life = .fiveMinutes
        } else if usage.cacheWriteOneHour > 0 {
            warmth.life = .oneHour
        }
        if usage != TokenUsage() {
            warmth.tokens = usage.cacheRead + usage.cacheWriteFiveMinutes + usage.cacheWriteOneHour
        }
        // The vendor counts from when the request came, and reading renews as writing does.
        warmth.until = max(warmth.until, sentAt + warmth.life.rawValue - Self.margin)
        if known == nil { makeRoom(at: now) }
        warmths[prefix] = warmth
        // What comes so late that it has ended again says nothing about who leads now.
        if warmth.until > now { leads[prefix] = nil } else { failed(prefix, number: number) }
    }

    /// A request ended without an answer; if it led, another does.
    mutating func failed(_ prefix: PromptPrefix, number: UInt64) {
        if leads[prefix]?.number == number { leads[prefix] = nil }
    }

    private mutating func makeRoom(at now: Int64) {
        warmths = warmths.filter { $0.value.until > now }
        guard warmths.count >= Self.maximum, let first = warmths.min(by: { $0.value.until < $1.value.until }) else { return }
        warmths[first.key] = nil
    }
}
