// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CSampleContracts

/// The contracts of `huleedu.sample.v1`.
public enum SampleV1 {}

/// The contracts as protoc describes them.
public enum ContractDescriptors {
    /// A serialised `google.protobuf.FileDescriptorSet` of every contract.
    public static var fileDescriptorSet: [UInt8] {
        Array(UnsafeBufferPointer(start: CSampleContracts_file_descriptor_set(), count: CSampleContracts_file_descriptor_set_size()))
    }
}
