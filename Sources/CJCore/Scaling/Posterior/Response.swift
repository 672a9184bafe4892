/// What a judge answered, as far as the model of the scale is concerned.
enum Response: UInt8, Sendable, CaseIterable {
    /// The second item is better; by how much was not said.
    case second
    case secondClear
    case secondSlight
    case tie
    case firstSlight
    case firstClear
    /// The first item is better; by how much was not said.
    case first

    init(_ outcome: Outcome, margin: Margin?) {
        switch (outcome, margin) {
        case (.first, nil): self = .first
        case (.first, .slight): self = .firstSlight
        case (.first, .clear): self = .firstClear
        case (.second, nil): self = .second
        case (.second, .slight): self = .secondSlight
        case (.second, .clear): self = .secondClear
        case (.tie, _): self = .tie
        }
    }

    /// Share of a win that the item shown first takes from it.
    var firstScore: Double {
        switch self {
        case .first, .firstSlight, .firstClear: 1
        case .tie: 0.5
        case .second, .secondSlight, .secondClear: 0
        }
    }

    /// The same answer without its margin.
    var withoutMargin: Response {
        switch self {
        case .first, .firstSlight, .firstClear: .first
        case .tie: .tie
        case .second, .secondSlight, .secondClear: .second
        }
    }

    var hasMargin: Bool { self != .tie && self != withoutMargin }
}
