/// The language in which the program speaks to a person.
enum Language: String, Sendable, Hashable, CaseIterable {
    case english = "en"
    case swedish = "sv"

    /// The one of two wordings that is in this language.
    func say<Text>(_ english: @autoclosure () -> Text, _ swedish: @autoclosure () -> Text) -> Text {
        switch self {
        case .english: english()
        case .swedish: swedish()
        }
    }
}
