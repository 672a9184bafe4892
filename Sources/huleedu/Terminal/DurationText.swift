/// A stretch of time as a person reads it.
enum DurationText {
    /// The two largest units that are not zero: "45 s", "3 min 20 s", "1 h 5 min"; "2 d 4 h" from a day up.
    static func text(_ duration: Duration) -> String {
        let seconds = max(0, (duration.components.attoseconds >= 500_000_000_000_000_000 ? 1 : 0) + duration.components.seconds)
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
        if days > 0 { return pair(days, "d", hours, "h") }
        if hours > 0 { return pair(hours, "h", minutes, "min") }
        if minutes > 0 { return pair(minutes, "min", seconds % 60, "s") }
        return "\(seconds) s"
    }

    private static func pair(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
        small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
    }
}
