/// A judge whose answers follow from abilities that are known, for simulations.
public struct SimulatedJudge: Sendable, Hashable {
    /// How it comes to an answer.
    public enum Manner: Sendable, Hashable {
        /// It perceives the difference of two abilities with logistic noise: the Bradley–Terry model.
        case bradleyTerry
        /// It has a fixed opinion of its own on every pair, N(0, 1), about which single answers scatter by a quarter of logistic noise,
        /// and one answer in a hundred is a lapse. Of items that spread by 1.5 it answers 89 % alike in both orders and 84 % rightly, as
        /// language models have been measured to.
        case languageModel
        /// It tosses a coin.
        case coinToss
        /// It names the item that it is shown first, whatever it is.
        case alwaysFirst
    }

    public var manner: Manner
    /// Added to what it perceives in favour of the item shown first.
    public var positionBias: Double
    /// Whether it says how clear a difference is, and from which perceived difference on that is "clearly"; nothing for two levels.
    public var clearThreshold: Double?

    /// - Parameter clearThreshold: above zero; nothing for a judge that names the better item and no more.
    public init(_ manner: Manner = .bradleyTerry, positionBias: Double = 0, clearThreshold: Double? = nil) {
        precondition(clearThreshold ?? 1 > 0, "a threshold lies above zero")
        self.manner = manner
        self.positionBias = positionBias
        self.clearThreshold = clearThreshold
    }

    /// Share of answers that a language model gives without having looked.
    private static let lapses = 0.01
    /// Noise of a language model's single answers, as a share of that of the Bradley–Terry model.
    private static let callNoise = 0.25

    /// Judges one comparison.
    ///
    /// - Parameters:
    ///   - difference: ability of the item shown first less that of the other.
    ///   - opinion: the judge's own opinion on the pair, standard normal, in favour of the item shown first.
    func judge(
        _ comparison: Comparison, difference: Double, opinion: Double, using generator: inout some RandomNumberGenerator
    ) -> Judgement {
        let perceived: Double
        switch manner {
        case .bradleyTerry: perceived = difference + positionBias + Self.logistic(&generator)
        case .languageModel:
            let lapse = generator.unit() < Self.lapses
            let noise = Self.callNoise * Self.logistic(&generator)
            perceived = lapse ? generator.normal() : difference + opinion + positionBias + noise
        case .coinToss: perceived = Self.logistic(&generator)
        case .alwaysFirst: perceived = Self.logistic(&generator).magnitude
        }
        let margin = clearThreshold.map { perceived.magnitude > $0 ? Margin.clear : .slight }
        return Judgement(
            comparison: comparison, outcome: perceived > 0 ? .first : .second, margin: margin, judge: "simulated")
    }

    /// A draw from the standard logistic distribution.
    private static func logistic(_ generator: inout some RandomNumberGenerator) -> Double {
        let share = generator.unit() + 0x1p-54
        return ElementaryFunctions.log(share / (1 - share))
    }
}
