extension String {
    /// The text as a quoted identifier of SQL.
    var quotedIdentifier: String {
        var text = "\""
        for character in unicodeScalars {
            if character == "\"" { text += "\"\"" } else { text.unicodeScalars.append(character) }
        }
        return text + "\""
    }
}
