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

/// Writes a line at once, also where the output is a pipe.
public func tell(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
