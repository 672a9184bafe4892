import CJCore
import Fuzzing

extension FuzzTargets {
    /// A model's reply: what is accepted has a winner that the reply names and a confidence within its range.
    static let verdict = FuzzTarget("verdict") { input in
        let verdict: Verdict
        do throws(VerdictError) {
            verdict = try VerdictParser.parse(input)
        } catch {
            return
        }
        try FuzzFinding.require(Verdict.confidences.contains(verdict.confidence), "confidence \(verdict.confidence)")
        try FuzzFinding.require(
            (verdict.outcome == .tie) == (verdict.margin == nil), "\(verdict.outcome) with \(String(describing: verdict.margin))")
        try FuzzFinding.require(
            verdict.rationale.unicodeScalars.count <= Verdict.maximumRationaleLength, "a rationale over the limit")
    }
}
