private import CProtobufC

/// One C message being filled from a Swift value; the counterpart of ``MessageReader``.
///
/// Fields are named by their place in the descriptor. What is not set stays at its default.
public struct MessageWriter {
    private let base: UnsafeMutableRawPointer
    private let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    private let arena: Arena

    /// A message with every field at its default, in the arena's memory.
    internal init(_ shape: MessageShape, arena: Arena) {
        self.init(shape.rawAddress.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), arena: arena)
    }

    private init(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, arena: Arena) {
        self.descriptor = descriptor
        self.arena = arena
        base = arena.allocate(descriptor.pointee.sizeof_message)
        descriptor.pointee.message_init(base.assumingMemoryBound(to: ProtobufCMessage.self))
    }

    private func field(_ index: Int) -> ProtobufCFieldDescriptor { descriptor.pointee.fields[index] }

    private func store<Value>(_ value: Value, at index: Int) {
        base.storeBytes(of: value, toByteOffset: Int(field(index).offset), as: Value.self)
    }

    // MARK: - Single values

    public func set(_ index: Int, string: String) throws(EncodingError) {
        store(try text(string, at: index, element: nil), at: index)
    }

    public func set(_ index: Int, bytes: [UInt8]) { store(copy(bytes), at: index) }
    public func set(_ index: Int, bool: Bool) { store(protobuf_c_boolean(bool ? 1 : 0), at: index) }
    public func set(_ index: Int, int32: Int32) { store(int32, at: index) }
    public func set(_ index: Int, int64: Int64) { store(int64, at: index) }
    public func set(_ index: Int, uint32: UInt32) { store(uint32, at: index) }
    public func set(_ index: Int, uint64: UInt64) { store(uint64, at: index) }
    public func set(_ index: Int, float: Float) { store(float, at: index) }
    public func set(_ index: Int, double: Double) { store(double, at: index) }

    public func set(_ index: Int, message fill: (MessageWriter) throws(EncodingError) -> Void) throws(EncodingError) {
        store(try child(index, element: nil, fill), at: index)
    }

    /// Says which member of a `oneof` is the one that was set.
    public func choose(_ index: Int) {
        let field = field(index)
        base.storeBytes(of: field.id, toByteOffset: Int(field.quantifier_offset), as: UInt32.self)
    }

    // MARK: - Repeated values

    public func set(_ index: Int, strings: [String]) throws(EncodingError) {
        let elements = begin(index, count: strings.count, of: UnsafeMutablePointer<CChar>.self)
        for (position, string) in strings.enumerated() {
            elements[position] = try text(string, at: index, element: position)
        }
    }

    public func set(_ index: Int, byteStrings: [[UInt8]]) {
        let elements = begin(index, count: byteStrings.count, of: ProtobufCBinaryData.self)
        for (position, bytes) in byteStrings.enumerated() { elements[position] = copy(bytes) }
    }

    public func set(_ index: Int, bools: [Bool]) { fill(index, bools.map { protobuf_c_boolean($0 ? 1 : 0) }) }
    public func set(_ index: Int, int32s: [Int32]) { fill(index, int32s) }
    public func set(_ index: Int, int64s: [Int64]) { fill(index, int64s) }
    public func set(_ index: Int, uint32s: [UInt32]) { fill(index, uint32s) }
    public func set(_ index: Int, uint64s: [UInt64]) { fill(index, uint64s) }
    public func set(_ index: Int, floats: [Float]) { fill(index, floats) }
    public func set(_ index: Int, doubles: [Double]) { fill(index, doubles) }

    public func set<Element>(
        _ index: Int, messages: [Element], _ fill: (Element, MessageWriter) throws(EncodingError) -> Void
    ) throws(EncodingError) {
        let elements = begin(index, count: messages.count, of: UnsafeMutableRawPointer.self)
        for position in messages.indices {
            elements[position] = try child(index, element: position) { (writer) throws(EncodingError) in
                try fill(messages[position], writer)
            }
        }
    }

    private func begin<Element>(_ index: Int, count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
        let field = field(index)
        let elements = arena.allocate(count * MemoryLayout<Element>.stride).assumingMemoryBound(to: type)
        base.storeBytes(of: count, toByteOffset: Int(field.quantifier_offset), as: Int.self)
        base.storeBytes(of: UnsafeMutableRawPointer(elements), toByteOffset: Int(field.offset), as: UnsafeMutableRawPointer.self)
        return elements
    }

    private func fill<Element>(_ index: Int, _ values: [Element]) {
        begin(index, count: values.count, of: Element.self).update(from: values, count: values.count)
    }

    // MARK: - Copies into the arena

    private func text(
        _ string: String, at index: Int, element: Int?
    ) throws(EncodingError) -> UnsafeMutablePointer<CChar> {
        var string = string
        let start = arena.allocate(string.utf8.count + 1)
        let hasNUL = string.withUTF8 { utf8 in
            if let source = utf8.baseAddress { start.copyMemory(from: source, byteCount: utf8.count) }
            start.storeBytes(of: 0, toByteOffset: utf8.count, as: UInt8.self)
            return utf8.contains(0)
        }
        guard !hasNUL else { throw EncodingError(.nulInString, path: place(index, element)) }
        return start.assumingMemoryBound(to: CChar.self)
    }

    private func copy(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        let start = arena.allocate(bytes.count)
        bytes.withUnsafeBytes { source in
            if let source = source.baseAddress { start.copyMemory(from: source, byteCount: bytes.count) }
        }
        return ProtobufCBinaryData(len: bytes.count, data: start.assumingMemoryBound(to: UInt8.self))
    }

    private func child(
        _ index: Int, element: Int?, _ fill: (MessageWriter) throws(EncodingError) -> Void
    ) throws(EncodingError) -> UnsafeMutableRawPointer {
        guard let descriptor = field(index).descriptor else { preconditionFailure("a message field has a descriptor") }
        let writer = MessageWriter(descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), arena: arena)
        do throws(EncodingError) {
            try fill(writer)
        } catch {
            throw EncodingError(error.code, path: "\(place(index, element)).\(error.path)")
        }
        return writer.base
    }

    private func place(_ index: Int, _ element: Int?) -> String {
        String(cString: field(index).name) + (element.map { "[\($0)]" } ?? "")
    }

    // MARK: - Packing

    /// Appends the message's bytes.
    internal func pack(into buffer: inout [UInt8]) {
        let message = base.assumingMemoryBound(to: ProtobufCMessage.self)
        let size = protobuf_c_message_get_packed_size(message)
        let packed = [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
            if let start = bytes.baseAddress { count = protobuf_c_message_pack(message, start) }
            precondition(count == size, "protobuf-c writes as many bytes as it announced")
        }
        if buffer.isEmpty { buffer = packed } else { buffer += packed }
    }
}
