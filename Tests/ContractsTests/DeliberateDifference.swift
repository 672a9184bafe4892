import Wire

/// In what our codec is meant to differ from Google's: all of it. A difference that is none of these is a fault, and so is one of these
/// that no message shows any more.
enum DeliberateDifference: String, CaseIterable {
    case nulInString, otherWireType, group, messageTwice, armTwice, depth, expense, noTag, longTag, longNumber
    case negativeZero

    /// Why ours is otherwise, and what Google's do.
    var reason: String {
        switch self {
        case .nulInString: "protobuf-c would cut the text off at the NUL, so ours refuses it; Google's keep it"
        case .otherWireType: "another kind of field breaks the contract, so ours refuses it; Google's take it for an unknown one"
        case .group: "proto3 has no groups, so ours refuses them; Google's step over them, and the C++ library ends at a half one"
        case .messageTwice: "no encoder writes a message in pieces, so ours refuses the second; Google's put them together"
        case .armTwice: "of a oneof the last counts, messages included; Google's put two messages of the same arm together"
        case .depth: "ours takes 64 messages in one another, so that a service's stack is safe; Google's take 100"
        case .expense: "ours refuses what takes far more memory than its size allows; Google's have no such limit"
        case .noTag: "there is no field number 0, so ours refuses it; Google's end there or step over it, some of them sometimes"
        case .longTag: "a tag has at most five bytes, so ours refuses longer ones; the codec in Python reads on"
        case .longNumber: "a number has at most 64 bits, so ours refuses longer ones; Google's cut them off"
        case .negativeZero: "protobuf-c writes negative zero as nothing; Google's keep it, but for the codec in Python"
        }
    }

    /// Whether one of Google's codecs, by its name, differs in this.
    func isExpected(of codec: String) -> Bool {
        switch self {
        case .longTag: codec == "python"
        case .negativeZero: codec != "python"
        default: true
        }
    }

    /// The difference that two readings of the same bytes show; nil where there is no reason for it.
    ///
    /// - Parameter repeatsArm: whether a message of a oneof comes twice.
    init?(ours: Reading, theirs: Reading, as type: any WireMessage.Type, repeatsArm: Bool) {
        switch (ours, theirs) {
        case (.refused(let error?), .taken):
            guard let difference = Self.refusal(error) else { return nil }
            self = difference
        case (.taken, .taken) where repeatsArm: self = .armTwice
        // What theirs have written is what ours has read, but for the sign.
        case (.taken, .taken(let bytes)) where Reading(of: bytes, as: type) == ours: self = .negativeZero
        default: return nil
        }
    }

    private static func refusal(_ error: DecodingError) -> DeliberateDifference? {
        switch error.code {
        case .nulInString: .nulInString
        case .wireTypeMismatch: .otherWireType
        case .tooDeep: .depth
        case .tooExpensive: .expense
        case .malformed:
            [
                "groups": .group, "a message that is not repeated comes twice": .messageTwice, "no protobuf tag": .noTag,
                "a number of more than 5 bytes": .longTag, "a number longer than 64 bits": .longNumber,
            ].first { error.message.hasPrefix($0.key) }?.value
        case .truncated, .invalidUTF8: nil
        }
    }
}
