/// How a piece of text stands out on a terminal.
enum TextStyle: String, Sendable, Hashable {
    case bold = "1"
    case dim = "2"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    /// The text in this style, or as it is where there are no colours.
    func applied(to text: String, colour: Bool) -> String {
        colour ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
