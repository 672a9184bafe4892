/// A day of the Gregorian calendar, from midnight to midnight in UTC.
struct Day: Sendable, Hashable, Comparable {
    private static let seconds = 86_400.0

    /// Days since 1970-01-01.
    private let number: Int

    /// - Parameter month: 1 to 12.
    /// - Parameter day: 1 to 31; one past the end of its month is of the next.
    init(_ year: Int, _ month: Int, _ day: Int) {
        // Years are counted from March here, so that the leap day is the last of its year.
        let years = month > 2 ? year : year - 1
        let months = (month + 9) % 12
        number = 365 * years + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 719_469
    }

    init(secondsSince1970 seconds: Double) {
        number = Int((seconds / Self.seconds).rounded(.down))
    }

    static func < (left: Day, right: Day) -> Bool { left.number < right.number }
}

extension Day: CustomStringConvertible {
    /// As in 2026-10-01.
    var description: String {
        var year = 1970 + number / 366
        while Day(year + 1, 1, 1) <= self { year += 1 }
        var month = 1
        while month < 12, Day(year, month + 1, 1) <= self { month += 1 }
        let day = number - Day(year, month, 1).number + 1
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
