/// A place at which two values differ.
package struct Difference: Sendable, Hashable {
    /// What stands there, as far as it may be told.
    package enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        case integer(Int64)
        case unsigned(UInt64)
        case number(Double)
        case text(String)
        /// What stands for a text that is hidden.
        case hidden(String)
        /// A word of our own: the name of a status, or what stands there where it is too much to be told.
        case word(String)
        /// Elements of an array.
        case count(Int)
    }

    package let path: String
    /// Nil where nothing stands.
    package let left: Value?
    package let right: Value?
}

extension Difference.Value: CustomStringConvertible {
    package var description: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .integer(let integer): "\(integer)"
        case .unsigned(let unsigned): "\(unsigned)"
        case .number(let number): "\(number)"
        case .text(let text): JSONText.quoted(text)
        case .hidden(let text), .word(let text): text
        case .count(let count): "\(count)"
        }
    }

    /// The same without quotation marks.
    var plain: String {
        if case .text(let text) = self { text } else { description }
    }

    func write(_ json: inout JSONText) {
        switch self {
        case .null: json.null()
        case .bool(let bool): json.bool(bool)
        case .integer(let integer): json.number(integer)
        case .unsigned(let unsigned): json.number(unsigned)
        case .number(let number): json.number(number)
        case .text(let text), .hidden(let text), .word(let text): json.string(text)
        case .count(let count): json.string("\(count) elements")
        }
    }
}
