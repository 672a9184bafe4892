/// A moment as HTTP writes it, in any of the three forms of RFC 9110, section 5.6.7.
struct HTTPDate: Sendable, Hashable {
    let unixSeconds: Int64

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`; the name of the day is not
    /// compared with the date, and years of two digits lie between 1970 and 2069.
    init?(_ text: String) {
        let parts = text.split { $0 == " " || $0 == "," || $0 == "-" }
        // Before the time of day stand the weekday and the date, after it the zone or the year.
        let day: Substring, month: Substring, time: Substring, year: Substring
        switch parts.count {
        case 6 where parts[5] == "GMT": (day, month, year, time) = (parts[1], parts[2], parts[3], parts[4])
        case 5: (month, day, time, year) = (parts[1], parts[2], parts[3], parts[4])
        default: return nil
        }
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, let hour = Self.number(clock[0], digits: 2...2, in: 0...23),
            let minute = Self.number(clock[1], digits: 2...2, in: 0...59),
            let second = Self.number(clock[2], digits: 2...2, in: 0...60),
            let day = Self.number(day, digits: 1...2, in: 1...31), let month = Self.months.firstIndex(of: String(month)),
            let year = Self.year(year)
        else { return nil }
        let first = Self.days(year: year, month: Int64(month) + 1, day: 1)
        let next = Self.days(year: month < 11 ? year : year + 1, month: (Int64(month) + 1) % 12 + 1, day: 1)
        guard first + day <= next else { return nil }
        unixSeconds = (first + day - 1) * 86_400 + hour * 3600 + minute * 60 + second
    }

    private static func year(_ text: Substring) -> Int64? {
        guard text.utf8.count == 2 else { return number(text, digits: 4...4, in: 1...9999) }
        return number(text, digits: 2...2, in: 0...99).map { $0 < 70 ? 2000 + $0 : 1900 + $0 }
    }

    private static func number(_ text: Substring, digits: ClosedRange<Int>, in range: ClosedRange<Int64>) -> Int64? {
        let isDecimal = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isDecimal, digits.contains(text.utf8.count), let number = Int64(text) else { return nil }
        return range.contains(number) ? number : nil
    }

    /// Days from 1 January 1970 in the Gregorian calendar. Counted with March as the first month, leap days come last in their years.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let march = (month + 9) % 12
        let year = month > 2 ? year : year - 1
        let leapDays = year / 4 - year / 100 + year / 400
        return year * 365 + leapDays + (march * 153 + 2) / 5 + day - 1 - 719_468
    }
}
