/// Writes instants as RFC 3339 wants them.
enum Timestamp {
    /// `2026-11-23T14:05:09Z` for nanoseconds since 1970; the fraction of a second is cut off.
    static func text(_ nanoseconds: Int64) -> String {
        let seconds = nanoseconds.flooredQuotient(1_000_000_000)
        let day = seconds.flooredQuotient(86_400)
        let second = Int(seconds - day * 86_400)
        let (year, month, dayOfMonth) = date(day)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
            + "T\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
    }

    /// The Gregorian date of a day counted from 1970-01-01.
    ///
    /// The year is taken to begin in March, so that the leap day is its last day; then a cycle of 400 years has 146,097 days and the
    /// months' lengths follow (153·month + 2) / 5.
    private static func date(_ day: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = Int(shifted - era * 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
