/// A JSON value that remembers the order of an object's members and the spelling of its numbers.
///
/// The prompt cache of the real provider matches bytes, so a client that shuffles its members must miss the cache here too; a parser
/// that forgets the order could not show that.
enum JSON: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        let name: String
        var value: JSON
    }

    case null
    case bool(Bool)
    /// A number as it was spelled.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// The value of the last member called `name`, which is the one that JSON libraries keep when a name is repeated.
    subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var elements: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    var truth: Bool? {
        guard case .bool(let truth) = self else { return nil }
        return truth
    }

    /// The number when it was spelled as an integer.
    var integer: Int? {
        guard case .number(let spelling) = self else { return nil }
        return Int(spelling)
    }

    var double: Double? {
        guard case .number(let spelling) = self else { return nil }
        return Double(spelling)
    }

    var isNull: Bool { self == .null }

    /// The same object with another value for `name`, in its place; any other value unchanged.
    func replacing(_ name: String, _ value: JSON) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.name == name ? Member(name: name, value: value) : $0 })
    }

    /// The same object without its members called `name`.
    func removing(_ name: String) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.name != name })
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number(String(value)) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member(name: $0.0, value: $0.1) }) }
    init(nilLiteral: ()) { self = .null }
    init(_ value: Int) { self = .number(String(value)) }
    init(_ value: UInt64) { self = .number(String(value)) }
    init(_ value: String?) { self = value.map(JSON.string) ?? .null }
}
