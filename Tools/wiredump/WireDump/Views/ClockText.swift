/// Times as people read them.
package enum ClockText {
    /// Hours to microseconds of the day, in UTC.
    package static func time(_ nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        return padded(seconds / 3600 % 24, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + "."
            + padded(nanoseconds / 1000 % 1_000_000, 6)
    }

    /// With a unit that leaves some digits before the point, and four in all at least.
    package static func duration(_ nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case ..<1000: "\(nanoseconds) ns"
        case ..<1_000_000: decimal(nanoseconds, 1000) + " us"
        case ..<1_000_000_000: decimal(nanoseconds, 1_000_000) + " ms"
        default: decimal(nanoseconds, 1_000_000_000) + " s"
        }
    }

    private static func decimal(_ value: UInt64, _ unit: UInt64) -> String {
        "\(value / unit)." + padded(value % unit * 1000 / unit, 3)
    }

    private static func padded(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value)
        guard digits.utf8.count < width else { return digits }
        return String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}
