/// What contracts promise, as far as a change could break it.
package struct ContractSet: Sendable, Hashable {
    struct Field: Sendable, Hashable {
        enum Cardinality: String, Sendable, Hashable {
            case one = "one"
            case many = "many"
            case map = "a map"
        }

        let number: Int
        let name: String
        let jsonName: String
        let kind: MessageSchema.Kind
        let cardinality: Cardinality
        /// The group of which one is there; nil for one that stands alone.
        let oneof: String?
    }

    struct Message: Sendable, Hashable {
        let name: String
        let fields: [Int: Field]
        let reservedNumbers: Reserved
        let reservedNames: Set<String>
    }

    struct Enumeration: Sendable, Hashable {
        let name: String
        /// Names by number; one number may have several.
        let values: [Int: Set<String>]
        let reservedNumbers: Reserved
        let reservedNames: Set<String>
    }

    struct Method: Sendable, Hashable {
        let name: String
        let input: String
        let output: String
        let clientStreams: Bool
        let serverStreams: Bool
        /// 0 where it says nothing, 1 without side effects, 2 idempotent.
        let idempotency: Int
    }

    struct Service: Sendable, Hashable {
        let name: String
        let methods: [String: Method]
    }

    struct File: Sendable, Hashable {
        let name: String
        let package: String
        let syntax: String
    }

    /// Numbers that may not be used, or used again.
    struct Reserved: Sendable, Hashable {
        /// Without their upper ends.
        let ranges: Set<Range<Int>>

        func holds(_ number: Int) -> Bool { ranges.contains { $0.contains(number) } }

        /// Whether all numbers of a range are in one of these.
        func covers(_ range: Range<Int>) -> Bool {
            ranges.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
        }
    }

    var files: [String: File] = [:]
    var messages: [String: Message] = [:]
    var enumerations: [String: Enumeration] = [:]
    var services: [String: Service] = [:]

    var packages: Set<String> { Set(files.values.map(\.package)) }
}
