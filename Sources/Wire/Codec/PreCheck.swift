private import CProtobufC

/// Reads a message's bytes against its descriptor before protobuf-c does, and refuses what protobuf-c would crash on, lose or overpay for.
///
/// What passes is well formed, at most so deep, has valid UTF-8 without NUL in every `string`, and costs no more memory to unpack than
/// its budget. Unknown fields pass when they are well formed; groups do not, because protobuf-c rejects them without saying why.
struct PreCheck {
    /// Field occurrences in one message tree; protobuf-c keeps a note of each while it unpacks.
    static let maximumElements = 1 << 18

    private let limits: DecodingLimits
    private var allocationLeft: Int
    private var elementsLeft = PreCheck.maximumElements
    /// From the message that is checked to the field that is looked at; what it is when something is wrong tells where.
    private var steps: [Step] = []
    /// How often each field of the messages that are open has come.
    private var counts: [Int] = []

    /// Checks a whole message.
    static func check(_ bytes: UnsafeRawBufferPointer, shape: MessageShape, limits: DecodingLimits) throws(DecodingError) {
        let (product, overflow) = bytes.count.multipliedReportingOverflow(by: limits.allocationPerWireByte)
        let budget = overflow ? Int.max : product.addingReportingOverflow(limits.allocationAllowanceBytes).partialValue
        var check = PreCheck(limits: limits, allocationLeft: budget)
        do throws(DecodingError) {
            try check.message(bytes, shape.rawAddress.assumingMemoryBound(to: Descriptor.self))
        } catch {
            throw DecodingError(error.code, path: check.path, message: error.message)
        }
    }

    private typealias Descriptor = ProtobufCMessageDescriptor
    private typealias Field = ProtobufCFieldDescriptor

    private init(limits: DecodingLimits, allocationLeft: Int) {
        self.limits = limits
        self.allocationLeft = allocationLeft
    }

    // MARK: - Where

    private enum Step {
        case known(UnsafePointer<Field>, index: Int?)
        case unknown(UInt32)

        var text: String {
            switch self {
            case .known(let field, let index):
                String(cString: field.pointee.name) + (index.map { "[\($0)]" } ?? "")
            case .unknown(let number): "\(number)"
            }
        }
    }

    /// Where the check is, as `essays[3].text`.
    private var path: String { steps.map(\.text).joined(separator: ".") }

    // MARK: - Fields

    private mutating func message(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<Descriptor>
    ) throws(DecodingError) {
        guard steps.count < limits.maxDepth else {
            throw DecodingError(.tooDeep, path: "", message: "messages nest deeper than \(limits.maxDepth)")
        }
        try spend(descriptor.pointee.sizeof_message)
        let (firstCount, fieldCount) = (counts.count, Int(descriptor.pointee.n_fields))
        counts.append(contentsOf: repeatElement(0, count: fieldCount))
        var scanner = WireScanner(bytes)
        while !scanner.isAtEnd {
            let tag = try scanner.tag()
            guard let field = protobuf_c_message_descriptor_get_field(descriptor, tag.field) else {
                try unknown(tag, &scanner)
                continue
            }
            let isRepeated = field.pointee.label == PROTOBUF_C_LABEL_REPEATED
            let place = firstCount + (field - descriptor.pointee.fields)
            let index = counts[place]
            counts[place] += 1
            steps.append(.known(field, index: isRepeated ? index : nil))
            guard index == 0 || !Self.isMerged(field) else {
                throw DecodingError(.malformed, path: "", message: "a message that is not repeated comes twice")
            }
            try element()
            try known(field, tag, &scanner, isRepeated: isRepeated)
            steps.removeLast()
        }
        counts.removeLast(fieldCount)
    }

    private mutating func known(
        _ field: UnsafePointer<Field>, _ tag: WireScanner.Tag, _ scanner: inout WireScanner, isRepeated: Bool
    ) throws(DecodingError) {
        let expected = Self.wireType(of: field.pointee.type)
        if tag.type != expected {
            guard isRepeated, tag.type == .lengthDelimited, expected != .lengthDelimited else {
                throw DecodingError(
                    .wireTypeMismatch, path: "", message: "expected wire type \(expected.name), got \(tag.type.name)")
            }
            return try packed(try scanner.lengthDelimited(), of: field.pointee.type, expected)
        }
        switch expected {
        case .varint, .fixed64, .fixed32:
            try scanner.skip(expected)
            if isRepeated { try spend(Self.elementBytes(field.pointee.type)) }
        case .lengthDelimited:
            let content = try scanner.lengthDelimited()
            if isRepeated { try spend(Self.elementBytes(field.pointee.type)) }
            try lengthDelimited(content, of: field)
        case .startGroup, .endGroup:
            throw DecodingError(.malformed, path: "", message: "groups are not supported")
        }
    }

    private mutating func lengthDelimited(
        _ content: UnsafeRawBufferPointer, of field: UnsafePointer<Field>
    ) throws(DecodingError) {
        switch field.pointee.type {
        case PROTOBUF_C_TYPE_STRING:
            try spend(content.count + 1)
            guard !content.contains(0) else {
                throw DecodingError(.nulInString, path: "", message: "expected text without NUL")
            }
            guard UTF8Validation.isValid(content) else {
                throw DecodingError(.invalidUTF8, path: "", message: "expected UTF-8")
            }
        case PROTOBUF_C_TYPE_BYTES:
            try spend(content.count)
        default:
            guard let descriptor = field.pointee.descriptor else {
                preconditionFailure("a message field has a descriptor")
            }
            try message(content, descriptor.assumingMemoryBound(to: Descriptor.self))
        }
    }

    private mutating func packed(
        _ content: UnsafeRawBufferPointer, of type: ProtobufCType, _ wireType: WireScanner.WireType
    ) throws(DecodingError) {
        var scanner = WireScanner(content)
        while !scanner.isAtEnd {
            try scanner.skip(wireType)
            try spend(Self.elementBytes(type))
        }
    }

    private mutating func unknown(
        _ tag: WireScanner.Tag, _ scanner: inout WireScanner
    ) throws(DecodingError) {
        steps.append(.unknown(tag.field))
        guard tag.type != .startGroup, tag.type != .endGroup else {
            throw DecodingError(.malformed, path: "", message: "groups are not supported")
        }
        try element()
        let before = scanner.offset
        try scanner.skip(tag.type)
        try spend(MemoryLayout<ProtobufCMessageUnknownField>.stride + scanner.offset - before)
        steps.removeLast()
    }

    // MARK: - Budgets

    private mutating func spend(_ count: Int) throws(DecodingError) {
        allocationLeft -= count
        guard allocationLeft >= 0 else {
            throw DecodingError(
                .tooExpensive, path: "", message: "the message would take far more memory than its size allows")
        }
    }

    private mutating func element() throws(DecodingError) {
        elementsLeft -= 1
        guard elementsLeft >= 0 else {
            throw DecodingError(
                .tooExpensive, path: "", message: "the message has more than \(Self.maximumElements) fields")
        }
    }

    // MARK: - Types

    /// Whether protobuf-c would merge a second occurrence into the first. It copies everything each time, which a peer could make it
    /// do without end, and it fails where both lack a oneof's member; no encoder writes a message in pieces.
    private static func isMerged(_ field: UnsafePointer<Field>) -> Bool {
        field.pointee.type == PROTOBUF_C_TYPE_MESSAGE && field.pointee.label != PROTOBUF_C_LABEL_REPEATED
            && field.pointee.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) == 0
    }

    private static func wireType(of type: ProtobufCType) -> WireScanner.WireType {
        switch type {
        case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: .lengthDelimited
        case PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FLOAT: .fixed32
        case PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_DOUBLE: .fixed64
        default: .varint
        }
    }

    private static func elementBytes(_ type: ProtobufCType) -> Int {
        switch type {
        case PROTOBUF_C_TYPE_BYTES: MemoryLayout<ProtobufCBinaryData>.stride
        case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_MESSAGE: MemoryLayout<UnsafeRawPointer>.stride
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_FIXED64,
            PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_DOUBLE:
            8
        default: 4
        }
    }
}
