/// Which of the two items a judge preferred.
public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// The item shown first.
    case first
    /// The item shown second.
    case second
    /// Neither: the judge could not decide.
    case tie

    /// The outcome of the same decision, had the items been shown in the other order.
    public var swapped: Outcome {
        switch self {
        case .first: .second
        case .second: .first
        case .tie: .tie
        }
    }
}

/// How far apart a judge saw the two items of a comparison that it decided.
public enum Margin: String, Sendable, Hashable, CaseIterable {
    /// The preferred item is a little better.
    case slight
    /// The preferred item is much better.
    case clear
}

/// Who decides: a person, or a model with a prompt version.
public struct Judge: Sendable, Hashable, Identifiable {
    /// Names a judge, for example a model and the version of the prompt it was given.
    public struct ID: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
        public let rawValue: String

        /// Takes over a name given by the caller.
        public init(_ rawValue: String) {
            self.rawValue = rawValue
        }

        public init(stringLiteral value: String) {
            self.init(value)
        }

        public var description: String { rawValue }
    }

    public let id: ID

    /// Makes a judge of a name.
    public init(id: ID) {
        self.id = id
    }
}

/// A judge's decision on one comparison.
public struct Judgement: Sendable, Hashable {
    public let comparison: Comparison
    public let outcome: Outcome
    /// How far apart the judge saw the items; nothing where it was not asked, and in ties.
    public let margin: Margin?
    public let judge: Judge.ID
    /// How many judgements this one counts as; above zero, usually 1.
    public let weight: Double
    /// How sure the judge said it was, from 1 (unsure) to 5 (sure). Told to people, not used by the model of the scale.
    public let confidence: Int?
    /// The judge's reason, in its own words.
    public let rationale: String?

    /// Puts a decision on record.
    public init(
        comparison: Comparison, outcome: Outcome, margin: Margin? = nil, judge: Judge.ID, weight: Double = 1,
        confidence: Int? = nil, rationale: String? = nil
    ) {
        precondition(weight > 0 && weight < .infinity, "a judgement counts for something")
        self.comparison = comparison
        self.outcome = outcome
        self.margin = outcome == .tie ? nil : margin
        self.judge = judge
        self.weight = weight
        self.confidence = confidence
        self.rationale = rationale
    }

    /// The item that was preferred; nothing in a tie.
    public var winner: Item.ID? {
        switch outcome {
        case .first: comparison.first
        case .second: comparison.second
        case .tie: nil
        }
    }
}
