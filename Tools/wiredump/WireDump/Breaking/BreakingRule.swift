/// What a change of contracts may not do, by the names that buf gives its rules.
package enum BreakingRule: String, Sendable, Hashable, CaseIterable {
    // Whoever is compiled with the old contracts must be able to read the bytes.
    case fieldNoDeleteUnlessNumberReserved = "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED"
    case fieldSameOneof = "FIELD_SAME_ONEOF"
    case fieldWireCompatibleCardinality = "FIELD_WIRE_COMPATIBLE_CARDINALITY"
    case fieldWireCompatibleType = "FIELD_WIRE_COMPATIBLE_TYPE"
    case enumValueNoDeleteUnlessNumberReserved = "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED"
    case reservedMessageNoDelete = "RESERVED_MESSAGE_NO_DELETE"
    case reservedEnumNoDelete = "RESERVED_ENUM_NO_DELETE"
    case fileSamePackage = "FILE_SAME_PACKAGE"
    case fileSameSyntax = "FILE_SAME_SYNTAX"
    case rpcSameRequestType = "RPC_SAME_REQUEST_TYPE"
    case rpcSameResponseType = "RPC_SAME_RESPONSE_TYPE"
    case rpcSameClientStreaming = "RPC_SAME_CLIENT_STREAMING"
    case rpcSameServerStreaming = "RPC_SAME_SERVER_STREAMING"
    case rpcSameIdempotencyLevel = "RPC_SAME_IDEMPOTENCY_LEVEL"

    // And the JSON.
    case fieldNoDeleteUnlessNameReserved = "FIELD_NO_DELETE_UNLESS_NAME_RESERVED"
    case fieldSameName = "FIELD_SAME_NAME"
    case fieldSameJSONName = "FIELD_SAME_JSON_NAME"
    case fieldWireJSONCompatibleCardinality = "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY"
    case fieldWireJSONCompatibleType = "FIELD_WIRE_JSON_COMPATIBLE_TYPE"
    case enumValueNoDeleteUnlessNameReserved = "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED"
    case enumValueSameName = "ENUM_VALUE_SAME_NAME"

    // And what it calls must be there.
    case packageNoDelete = "PACKAGE_NO_DELETE"
    case packageServiceNoDelete = "PACKAGE_SERVICE_NO_DELETE"
    case rpcNoDelete = "RPC_NO_DELETE"
    case packageMessageNoDelete = "PACKAGE_MESSAGE_NO_DELETE"
    case packageEnumNoDelete = "PACKAGE_ENUM_NO_DELETE"
}

/// One change that may not be.
package struct BreakingChange: Sendable, Hashable, Comparable {
    package let rule: BreakingRule
    /// What changed, by its full name; of a field or a value its number, as `huleedu.cj.v1.Essay.2`.
    package let subject: String
    package let explanation: String

    package var text: String { "\(subject): \(rule.rawValue): \(explanation)" }

    package static func < (one: Self, other: Self) -> Bool {
        (one.subject, one.rule.rawValue, one.explanation) < (other.subject, other.rule.rawValue, other.explanation)
    }
}
