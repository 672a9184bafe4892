private import CProtobufC

/// One unpacked C message, read field by field into a Swift value.
///
/// Fields are named by their place in the descriptor, which orders them by field number. A reader is used inside ``MessageCodec/decode``
/// only and never kept: its memory goes with the arena.
public struct MessageReader {
    private let base: UnsafeRawPointer
    private let descriptor: UnsafePointer<ProtobufCMessageDescriptor>

    /// - Parameter message: an unpacked `ProtobufCMessage`.
    internal init(_ message: UnsafeRawPointer) {
        base = message
        descriptor = message.assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor
    }

    private func field(_ index: Int) -> ProtobufCFieldDescriptor { descriptor.pointee.fields[index] }

    private func load<Value>(_ index: Int, as type: Value.Type) -> Value {
        base.load(fromByteOffset: Int(field(index).offset), as: type)
    }

    // MARK: - Single values

    public func string(_ index: Int) -> String { Self.text(load(index, as: UnsafePointer<CChar>?.self)) }
    public func bytes(_ index: Int) -> [UInt8] { Self.array(load(index, as: ProtobufCBinaryData.self)) }
    public func bool(_ index: Int) -> Bool { load(index, as: protobuf_c_boolean.self) != 0 }
    public func int32(_ index: Int) -> Int32 { load(index, as: Int32.self) }
    public func int64(_ index: Int) -> Int64 { load(index, as: Int64.self) }
    public func uint32(_ index: Int) -> UInt32 { load(index, as: UInt32.self) }
    public func uint64(_ index: Int) -> UInt64 { load(index, as: UInt64.self) }
    public func float(_ index: Int) -> Float { load(index, as: Float.self) }
    public func double(_ index: Int) -> Double { load(index, as: Double.self) }

    public func message(_ index: Int) -> MessageReader? {
        load(index, as: UnsafeRawPointer?.self).map(MessageReader.init)
    }

    /// Whether a member of a `oneof` is the one that was set; `optional` fields are the only member of one of their own.
    public func isSet(_ index: Int) -> Bool {
        let field = field(index)
        return base.load(fromByteOffset: Int(field.quantifier_offset), as: UInt32.self) == field.id
    }

    // MARK: - Repeated values

    public func strings(_ index: Int) -> [String] {
        elements(index, of: UnsafePointer<CChar>?.self).map(Self.text)
    }

    public func byteStrings(_ index: Int) -> [[UInt8]] {
        elements(index, of: ProtobufCBinaryData.self).map(Self.array)
    }

    public func bools(_ index: Int) -> [Bool] { elements(index, of: protobuf_c_boolean.self).map { $0 != 0 } }
    public func int32s(_ index: Int) -> [Int32] { Array(elements(index, of: Int32.self)) }
    public func int64s(_ index: Int) -> [Int64] { Array(elements(index, of: Int64.self)) }
    public func uint32s(_ index: Int) -> [UInt32] { Array(elements(index, of: UInt32.self)) }
    public func uint64s(_ index: Int) -> [UInt64] { Array(elements(index, of: UInt64.self)) }
    public func floats(_ index: Int) -> [Float] { Array(elements(index, of: Float.self)) }
    public func doubles(_ index: Int) -> [Double] { Array(elements(index, of: Double.self)) }

    public func messages(_ index: Int) -> [MessageReader] {
        elements(index, of: UnsafeRawPointer.self).map(MessageReader.init)
    }

    private func elements<Element>(_ index: Int, of type: Element.Type) -> UnsafeBufferPointer<Element> {
        let field = field(index)
        let count = base.load(fromByteOffset: Int(field.quantifier_offset), as: Int.self)
        let start = base.load(fromByteOffset: Int(field.offset), as: UnsafeRawPointer?.self)
        return UnsafeBufferPointer(start: start?.assumingMemoryBound(to: type), count: count)
    }

    // MARK: - Copies

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }

    private static func array(_ data: ProtobufCBinaryData) -> [UInt8] {
        Array(UnsafeBufferPointer(start: data.data, count: data.len))
    }
}
