import FoundationEssentials

extension Day {
    /// The day by this machine's clock.
    static var today: Day { Day(secondsSince1970: Date.now.timeIntervalSince1970) }
}
