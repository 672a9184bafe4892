import Fuzzing
import LLMProviderService

extension FuzzTargets {
    /// The results of a batch: the lines are the same however their bytes come, none is over the limit, and what is read of one names a
    /// request.
    static let batchResults = FuzzTarget("batch-results") { input in
        let limit = 512
        var whole = LineSplitter(limit: limit)
        let lines = whole.lines(in: input) + (whole.last().map { [$0] } ?? [])
        for line in lines {
            try FuzzFinding.require((1...limit).contains(line.count), "a line of \(line.count) bytes")
            guard let result = BatchResultLine(line) else { continue }
            try FuzzFinding.require(result.customID.utf8.count < line.count, "a name that is longer than its line")
        }
        let size = Int(input.first ?? 0) % 16 + 1
        var split = LineSplitter(limit: limit)
        var pieces: [[UInt8]] = []
        for start in stride(from: 0, to: input.count, by: size) {
            pieces += split.lines(in: Array(input[start..<min(start + size, input.count)]))
        }
        pieces += split.last().map { [$0] } ?? []
        try FuzzFinding.require(pieces == lines, "\(lines.count) lines, and \(pieces.count) in pieces of \(size)")
        try FuzzFinding.require(split.skipped == whole.skipped, "\(split.skipped) lines passed over, not \(whole.skipped)")
    }
}
