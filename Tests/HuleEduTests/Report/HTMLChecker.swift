/// A small strict reader of HTML: every tag closed in order, every attribute quoted, no id twice, nothing fetched from elsewhere.
struct HTMLChecker {
    /// What is wrong with the page; empty for a sound one.
    private(set) var faults: [String] = []
    private(set) var ids: Set<String> = []
    /// The names of all elements that were opened.
    private(set) var elements: [String: Int] = [:]
    /// The text outside tags, references resolved.
    private(set) var text = ""

    private static let void: Set<String> = ["meta", "link", "br", "hr", "img", "input"]
    private static let references = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'"]

    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var open: [String] = []
    private var targets: [String] = []

    init(_ page: String) {
        scalars = Array(page.unicodeScalars)
        if !page.hasPrefix("<!DOCTYPE html>\n") { faults.append("no doctype") }
        place = "<!DOCTYPE html>".unicodeScalars.count
        while place < scalars.count { readPiece() }
        if !open.isEmpty { faults.append("never closed: \(open)") }
        for target in targets where !ids.contains(target) { faults.append("link to nowhere: #\(target)") }
    }

    private mutating func readPiece() {
        guard scalars[place] == "<" else {
            let end = scalars[place...].firstIndex(of: "<") ?? scalars.count
            let piece = String(String.UnicodeScalarView(scalars[place..<end]))
            if open.last != "style" {
                if piece.contains(">") { faults.append("a bare > in text") }
                text += resolved(piece)
            }
            place = end
            return
        }
        var end = place
        var quote: Unicode.Scalar?
        while end < scalars.count {
            if scalars[end] == "\"" { quote = quote == nil ? "\"" : nil }
            if scalars[end] == ">", quote == nil { break }
            end += 1
        }
        guard end < scalars.count else {
            faults.append("a tag without an end")
            place = scalars.count
            return
        }
        readTag(String(String.UnicodeScalarView(scalars[(place + 1)..<end])))
        place = end + 1
    }

    private mutating func readTag(_ tag: String) {
        if tag.hasPrefix("/") {
            let name = String(tag.dropFirst())
            if open.popLast() != name { faults.append("</\(name)> closes something else") }
            return
        }
        let name = String(tag.prefix { $0 != " " && $0 != "/" && $0 != "\n" })
        elements[name, default: 0] += 1
        guard name.allSatisfy({ $0.isLetter || $0.isNumber }) else {
            faults.append("a tag named \(name)")
            return
        }
        readAttributes(String(tag.dropFirst(name.count)), of: name)
        if !tag.hasSuffix("/"), !Self.void.contains(name) { open.append(name) }
    }

    private mutating func readAttributes(_ text: String, of element: String) {
        var rest = Substring(text)
        var seen: Set<String> = []
        while true {
            rest = rest.drop { $0 == " " || $0 == "\n" || $0 == "/" }
            guard !rest.isEmpty else { return }
            let name = rest.prefix { $0.isLetter || $0 == "-" || $0.isNumber }
            rest = rest.dropFirst(name.count)
            guard rest.hasPrefix("=\"") else {
                faults.append("an attribute without a quoted value in <\(element)\(text)>")
                return
            }
            let value = rest.dropFirst(2).prefix { $0 != "\"" }
            rest = rest.dropFirst(value.count + 3)
            if !seen.insert(String(name)).inserted { faults.append("\(name) twice in <\(element)>") }
            check(String(name), resolved(String(value)), of: element)
        }
    }

    private mutating func check(_ name: String, _ value: String, of element: String) {
        switch name {
        case "id":
            if !ids.insert(value).inserted { faults.append("the id \(value) twice") }
        case "href":
            if value.hasPrefix("#") { targets.append(String(value.dropFirst())) } else { faults.append("a link to \(value)") }
        case "src", "srcset", "action", "data", "poster": faults.append("something fetched: \(name)=\(value)")
        case "aria-labelledby": targets.append(value)
        default:
            if name.hasPrefix("on") { faults.append("a handler: \(name)") }
        }
    }

    private mutating func resolved(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            let name = rest[rest.index(after: mark)...].prefix { $0 != ";" && $0 != "&" }
            guard let meaning = Self.references[String(name)] else {
                faults.append("a reference &\(name.prefix(12))")
                return result
            }
            result += meaning
            rest = rest[rest.index(after: mark)...].dropFirst(name.count + 1)
        }
        return result + rest
    }
}
