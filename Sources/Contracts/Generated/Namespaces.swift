// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts

/// The contracts of `huleedu.cj.v1`.
public enum CJV1 {}

/// The contracts of `huleedu.events.v1`.
public enum EventsV1 {}

/// The contracts of `huleedu.llm.v1`.
public enum LLMV1 {}

/// The contracts of `huleedu.wire.v1`.
public enum WireV1 {}

/// The contracts as protoc describes them.
public enum ContractDescriptors {
    /// A serialised `google.protobuf.FileDescriptorSet` of every contract.
    public static var fileDescriptorSet: [UInt8] {
        Array(UnsafeBufferPointer(start: CContracts_file_descriptor_set(), count: CContracts_file_descriptor_set_size()))
    }
}
