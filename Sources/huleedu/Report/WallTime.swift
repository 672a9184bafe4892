/// A moment by the clock on the wall.
struct WallTime: Sendable, Hashable {
    /// Seconds since 1970 in UTC.
    let unixSeconds: Int64
    /// Seconds by which the wall's clock is ahead of UTC.
    let utcOffsetSeconds: Int

    /// "2026-03-14 15:09", by the wall's clock.
    var minuteText: String {
        let (date, time) = fields
        return "\(date) \(time.prefix(5))"
    }

    /// RFC 3339: "2026-03-14T15:09:26+01:00".
    var rfc3339: String {
        let (date, time) = fields
        guard utcOffsetSeconds != 0 else { return "\(date)T\(time)Z" }
        let minutes = abs(utcOffsetSeconds) / 60
        return "\(date)T\(time)\(utcOffsetSeconds < 0 ? "-" : "+")\(Self.padded(minutes / 60)):\(Self.padded(minutes % 60))"
    }

    /// Time from this moment to a later one.
    func duration(to later: WallTime) -> Duration {
        .seconds(later.unixSeconds - unixSeconds)
    }

    private var fields: (date: String, time: String) {
        let local = unixSeconds + Int64(utcOffsetSeconds)
        let day = Int((local >= 0 ? local : local - 86_399) / 86_400)
        let second = Int(local - Int64(day) * 86_400)
        let (year, month, dayOfMonth) = Self.civil(day)
        return (
            "\(Self.padded(year, to: 4))-\(Self.padded(month))-\(Self.padded(dayOfMonth))",
            "\(Self.padded(second / 3600)):\(Self.padded(second / 60 % 60)):\(Self.padded(second % 60))"
        )
    }

    /// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar.
    ///
    /// Years are counted from March so that the leap day is the last of its year; 146,097 days are 400 years.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func padded(_ number: Int, to width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
