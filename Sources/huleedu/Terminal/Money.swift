/// A sum of money in billionths of a US dollar, so that the price of one token is a whole number.
struct Money: Sendable, Hashable, Comparable {
    static let nanodollarsPerDollar: Int64 = 1_000_000_000

    /// Negative where something cost more than it would have otherwise.
    let nanodollars: Int64

    init(nanodollars: Int64) {
        self.nanodollars = nanodollars
    }

    /// Reads dollars as digits with at most one point and at most nine decimals; nil for anything else.
    init?(dollars text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !parts.allSatisfy(\.isEmpty),
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } })
        else { return nil }
        let decimals = parts.count == 2 ? String(parts[1]) : ""
        guard decimals.utf8.count <= 9, parts[0].utf8.count <= 10,
            let whole = Int64(parts[0].isEmpty ? "0" : parts[0]),
            let fraction = Int64((decimals + "000000000").prefix(9))
        else { return nil }
        nanodollars = whole * Self.nanodollarsPerDollar + fraction
    }

    static func < (left: Money, right: Money) -> Bool {
        left.nanodollars < right.nanodollars
    }

    /// All nine decimals without trailing zeros but at least two, with a point: the exact sum, as JSON carries it.
    var exactDollars: String {
        let magnitude = nanodollars.magnitude
        let per = UInt64(Self.nanodollarsPerDollar)
        var decimals = String(magnitude % per)
        decimals = String(repeating: "0", count: 9 - decimals.count) + decimals
        while decimals.count > 2, decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(nanodollars < 0 ? "-" : "")\(magnitude / per).\(decimals)"
    }

    /// The least amount that is written in full and is no smaller.
    var roundedUp: Money {
        let step: Int64 = nanodollars < 999_900_000 ? 100_000 : 10_000_000
        let (sum, overflow) = Int64(nanodollars).addingReportingOverflow(step - 1)
        return overflow || nanodollars <= 0 ? self : Money(nanodollars: .init(sum / step * step))
    }

    /// The sum for a person: cents from a dollar up, four decimals below, and "less than" for what would round to nothing.
    func formatted(in language: Language) -> String {
        let magnitude = nanodollars.magnitude
        let sign = nanodollars < 0 ? "−" : ""
        let unit = { (digits: String) in language.say("\(sign)$\(digits)", "\(sign)\(digits) USD") }
        guard magnitude > 0 else { return unit(DecimalText.text(units: 0, decimals: 2, language: language)) }
        if magnitude < 50_000 {
            let least = DecimalText.text(units: 1, decimals: 4, language: language)
            return language.say("under \(sign)$\(least)", "under \(sign)\(least) USD")
        }
        if magnitude < 999_950_000 {
            return unit(DecimalText.text(units: (magnitude + 50_000) / 100_000, decimals: 4, language: language))
        }
        return unit(DecimalText.text(units: (magnitude + 5_000_000) / 10_000_000, decimals: 2, language: language))
    }
}
