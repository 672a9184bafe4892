/// What a person is ready to spend on one assessment.
enum Budget: Sendable, Hashable {
    /// Judgements to pay for at most.
    case comparisons(Int)
    /// Money to spend at most.
    case money(Money)

    /// Comparisons that may be asked for.
    static let comparisonRange = 1...1_000_000
    /// The largest sum that is taken; more is taken for a slip of the finger.
    static let maximumMoney = Money(nanodollars: 100_000 * Money.nanodollarsPerDollar)

    /// Reads a whole number of comparisons (`300`), or US dollars with a sign or a code (`$2.50`, `2.50usd`, `USD 2.50`).
    init(parsing text: String) throws(CommandError) {
        let bare = String(text.filter { !$0.isWhitespace })
        if let amount = Self.amount(in: bare) {
            self = .money(try Self.money(amount, from: text))
        } else if !bare.isEmpty, bare.utf8.allSatisfy(Self.isDigit) {
            guard let comparisons = Int(bare), Self.comparisonRange.contains(comparisons) else {
                throw CommandError(
                    .budgetOutOfRange,
                    """
                    \(quoted(text)) comparisons cannot be asked for; \
                    expected \(Self.comparisonRange.lowerBound) to \(Self.comparisonRange.upperBound).
                    """)
            }
            self = .comparisons(comparisons)
        } else {
            throw CommandError(.budgetUnreadable, Self.complaint(about: text, bare: bare))
        }
    }

    /// The digits of a sum of money, or nil where no currency is named.
    private static func amount(in bare: String) -> Substring? {
        let lowercased = bare.lowercased()
        if lowercased.hasPrefix("usd") { return lowercased.dropFirst(3) }
        if lowercased.hasSuffix("usd") { return lowercased.dropLast(3) }
        if lowercased.hasPrefix("us$") { return lowercased.dropFirst(3) }
        if lowercased.hasPrefix("$") { return lowercased.dropFirst() }
        if lowercased.hasSuffix("$") { return lowercased.dropLast() }
        return nil
    }

    private static func money(_ digits: Substring, from text: String) throws(CommandError) -> Money {
        guard let money = Money(dollars: digits) else {
            throw CommandError(
                .budgetUnreadable,
                "\(quoted(text)) is no sum of money; expected digits with a point and at most nine decimals, as in 2.50usd.")
        }
        guard money.nanodollars > 0, money.nanodollars <= maximumMoney.nanodollars else {
            throw CommandError(
                .budgetOutOfRange,
                """
                \(quoted(text)) cannot be the budget; expected more than nothing and at most \
                \(maximumMoney.formatted(in: .english)).
                """
            )
        }
        return money
    }

    private static func complaint(about text: String, bare: String) -> String {
        let expected = "expected a number of comparisons, as in 300, or US dollars, as in 2.50usd or '$2.50'"
        if bare.hasPrefix(".") || bare.isEmpty {
            return "\(quoted(text)) is no budget; \(expected) (in quotation marks: the shell replaces $2 otherwise)."
        }
        return "\(quoted(text)) is no budget; \(expected)."
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
