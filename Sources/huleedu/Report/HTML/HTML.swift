/// Markup in which every piece of text has been escaped.
///
/// A literal is taken as it stands; a string that is interpolated into it is escaped. No code makes one from text in
/// another way, so a file name or a rationale cannot become markup:
///
///     let row: HTML = "<td>\(essay.id)</td>"
struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation {
    private(set) var markup: String

    /// Nothing.
    static let empty = HTML(trusted: "")

    /// For the compiler, which calls it for a literal; never called by name.
    init(stringLiteral value: String) {
        markup = value
    }

    init(stringInterpolation: StringInterpolation) {
        markup = stringInterpolation.markup
    }

    private init(trusted markup: String) {
        self.markup = markup
    }

    static func += (left: inout HTML, right: HTML) {
        left.markup += right.markup
    }

    static func + (left: HTML, right: HTML) -> HTML {
        HTML(trusted: left.markup + right.markup)
    }

    /// Collects literals as they are and everything else escaped.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            markup += literal
        }

        /// Text; every character that means something in markup or in an attribute is replaced.
        mutating func appendInterpolation(_ text: String) {
            HTML.escape(text, into: &markup)
        }

        mutating func appendInterpolation(_ number: Int) {
            markup += String(number)
        }

        mutating func appendInterpolation(_ html: HTML) {
            markup += html.markup
        }

        mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { markup += piece.markup }
        }

        /// A length or a place in a drawing: finite, two decimals, always with a point.
        mutating func appendInterpolation(at coordinate: Double) {
            let rounded = (coordinate * 100).rounded() / 100
            markup += rounded.isFinite ? (rounded == 0 ? "0" : rounded.description) : "0"
        }
    }

    private static func escape(_ text: String, into markup: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup += "&amp;"
            case "<": markup += "&lt;"
            case ">": markup += "&gt;"
            case "\"": markup += "&quot;"
            case "'": markup += "&#39;"
            case "\n", "\t": markup.unicodeScalars.append(scalar)
            // Control characters are not allowed in HTML, not even as references.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": markup.unicodeScalars.append("\u{FFFD}")
            default: markup.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Sequence where Element == HTML {
    /// All pieces, one after the other.
    func joined() -> HTML {
        reduce(into: HTML.empty) { $0 += $1 }
    }
}
