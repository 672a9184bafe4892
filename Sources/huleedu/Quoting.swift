/// A name as it appears in a message: in quotation marks, with control characters shown as escapes, so that a name from a
/// file system cannot steer the terminal.
func quoted(_ name: String) -> String {
    "\"" + name.unicodeScalars.map(visible).joined() + "\""
}

/// A scalar as itself, or as an escape where it would be invisible or move the cursor.
private func visible(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        "\\u{" + String(scalar.value, radix: 16) + "}"
    default:
        String(scalar)
    }
}
