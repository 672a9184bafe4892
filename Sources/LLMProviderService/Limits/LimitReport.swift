/// What a vendor's answer says about its limits.
struct LimitReport: Sendable, Hashable {
    /// About one dimension.
    struct Word: Sendable, Hashable {
        /// Units per minute.
        var limit: Int64?
        /// Units that may still be used now.
        var remaining: Int64?
        /// How long until all of the limit may be used again.
        var reset: Duration?
        /// What ``remaining`` may be too small by, because the vendor rounds it.
        var rounding: Int64 = 0

        var isEmpty: Bool { limit == nil && remaining == nil && reset == nil }
    }

    var words = PerDimension<Word?>(all: nil)
    /// Headers whose values make no sense; they are as good as absent.
    var unreadable: [String] = []

    subscript(dimension: LimitDimension) -> Word? {
        get { words[dimension] }
        set { words[dimension] = newValue }
    }
}
