private import CProtobufC

/// Handle of a message's C descriptor: its fields, their types and where they lie in the C structure.
///
/// Descriptors are constants of the generated C code, alive as long as the process.
public struct MessageShape: @unchecked Sendable {
    private let address: UnsafeRawPointer

    /// - Parameter address: of a `ProtobufCMessageDescriptor`, as the generated accessors return it.
    public init(_ address: UnsafeRawPointer?) {
        guard let address else { preconditionFailure("generated accessors return the address of a constant") }
        self.address = address
    }

    /// Full protobuf name of the message.
    public var name: String { String(cString: descriptor.pointee.name) }
}

extension MessageShape {
    private typealias Descriptor = ProtobufCMessageDescriptor

    internal var rawAddress: UnsafeRawPointer { address }

    private var descriptor: UnsafePointer<Descriptor> { address.assumingMemoryBound(to: Descriptor.self) }
}
