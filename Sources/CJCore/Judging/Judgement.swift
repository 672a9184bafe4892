/// Which of the two items a judge preferred.
public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// The item shown first.
    case first
    /// The item shown second.
    case second
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
    public let judge: Judge.ID
    /// How sure the judge said it was, from 1 (unsure) to 5 (sure). Told to people, not used by the model of the scale.
    public let confidence: Int?
    /// The judge's reason, in its own words.
    public let rationale: String?

    /// Puts a decision on record.
    public init(
        comparison: Comparison, outcome: Outcome, judge: Judge.ID, confidence: Int? = nil, rationale: String? = nil
    ) {
        self.comparison = comparison
        self.outcome = outcome
        self.judge = judge
        self.confidence = confidence
        self.rationale = rationale
    }

    /// The item that was preferred.
    public var winner: Item.ID {
        switch outcome {
        case .first: comparison.first
        case .second: comparison.second
        }
    }

    /// The item that was not preferred.
    public var loser: Item.ID {
        switch outcome {
        case .first: comparison.second
        case .second: comparison.first
        }
    }
}
