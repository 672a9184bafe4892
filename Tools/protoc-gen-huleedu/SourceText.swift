/// Source code under construction, line by line.
struct SourceText {
    private(set) var text = ""
    private var depth = 0

    /// Adds lines at the current depth; an empty line stays empty.
    mutating func line(_ content: String = "") {
        for part in content.split(separator: "\n", omittingEmptySubsequences: false) {
            text += part.isEmpty ? "\n" : String(repeating: "    ", count: depth) + part + "\n"
        }
    }

    /// Adds a block: its head, what `body` adds one step deeper, and its end.
    mutating func block(_ head: String, end: String = "}", _ body: (inout SourceText) -> Void) {
        line(head + " {")
        depth += 1
        body(&self)
        depth -= 1
        line(end)
    }

    /// Adds a comment of the schema as documentation.
    mutating func documentation(_ comment: String) {
        guard !comment.isEmpty else { return }
        var lines = comment.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        for comment in lines { line("///" + comment) }
    }
}
