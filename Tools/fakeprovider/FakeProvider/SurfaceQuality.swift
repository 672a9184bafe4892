internal import Glibc

/// A stand-in for an essay's quality when nobody has given one: longer texts with more different words count as better.
///
/// It is no assessment of writing. It only makes the simulated judge consistent, so that a ranking of unknown essays can be tried out.
enum SurfaceQuality {
    /// ln(1 + words) − 2 + ½·(different words / √words), which is 1 to 6 for essays of ordinary length; −2 for an empty text.
    static func estimate(_ text: String) -> Double {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        guard !words.isEmpty else { return -2 }
        let count = Double(words.count)
        return log(1 + count) - 2 + 0.5 * Double(Set(words).count) / count.squareRoot()
    }
}
