import Foundation

public func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
}

/// Tells the medians of interleaved rounds, their ratio, and the rounds.
public func line(_ name: String, _ ours: [Double], _ theirs: [Double], _ against: String) {
    let ratio = median(theirs) > 0 ? "\(Int((100 * median(ours) / median(theirs)).rounded())) %" : "-"
    func rates(_ values: [Double]) -> String { values.map { String(Int($0)) }.joined(separator: " ") }
    tell(
        "\(name): \(Int(median(ours)))/s, \(against) \(Int(median(theirs)))/s, ratio \(ratio)   [\(rates(ours)) | \(rates(theirs))]"
    )
}

/// The same for rounds, and what a piece of work took of the client on either side.
public func line(_ name: String, _ ours: [Round], _ theirs: [Round], _ against: String) {
    line(name, ours.map(\.rate), theirs.map(\.rate), against)
    func cost(_ rounds: [Round]) -> String {
        guard !rounds.isEmpty else { return "-" }
        let (time, switches) = (rounds.map(\.cost.processorMicroseconds), rounds.map(\.cost.contextSwitches))
        return String(format: "%.1f us and %.1f switches", median(time), median(switches))
    }
    tell("    the client takes \(cost(ours)), \(against) \(cost(theirs))")
}

/// Writes a line at once, also where the output is a pipe.
public func tell(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
