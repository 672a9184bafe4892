@testable import WireDump

/// A descriptor set as it may have been: without every other field of its messages, and without the last value of its enums.
enum OlderContracts {
    // Numbers of fields are those of google/protobuf/descriptor.proto.

    static func descriptorSet(before bytes: [UInt8]) throws -> [UInt8] {
        try rewritten(bytes[...]) { _, file in
            try rewritten(file) { number, part in
                switch number {
                case 4: try message(part)
                case 5: try enumeration(part)
                default: Array(part)
                }
            }
        }
    }

    private static func message(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
        try rewritten(bytes) { number, part in
            switch number {
            case 2: try WireFields.all(part).integer(3).map { $0 % 2 } == 1 ? Array(part) : nil
            case 3: try message(part)
            case 4: try enumeration(part)
            default: Array(part)
            }
        }
    }

    private static func enumeration(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
        let count = try WireFields.all(bytes).allBytes(2).count
        var place = 0
        return try rewritten(bytes) { number, part in
            if number == 2 { place += 1 }
            return number == 2 && place == count && count > 1 ? nil : Array(part)
        }
    }

    /// A message with what `part` makes of its fields of bytes; nil leaves one out.
    private static func rewritten(
        _ bytes: ArraySlice<UInt8>, part: (_ number: Int, _ bytes: ArraySlice<UInt8>) throws -> [UInt8]?
    ) throws -> [UInt8] {
        var result = WireBytes()
        for field in try WireFields.all(bytes) {
            guard case .bytes(let content) = field.value else {
                result.append(field.value, field.number)
                continue
            }
            if let content = try part(field.number, content) { result.delimited(field.number, content) }
        }
        return result.bytes
    }
}
