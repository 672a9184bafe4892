private import CProtobufC
import Glibc

/// Memory for one message: handed out from chunks as it comes, given back all at once.
///
/// protobuf-c allocates through it while unpacking and never frees a part, so unpacking costs a handful of allocations whatever the
/// message holds, and nothing can leak or be freed twice.
final class Arena {
    private static let firstChunkBytes = 1 << 10
    private static let largestChunkBytes = 1 << 20
    private static let alignment = 16
    /// At a chunk's beginning stands where the chunk before it is.
    private static let chunkHeadBytes = 16

    private var latestChunk: UnsafeMutableRawPointer?
    private var next: UnsafeMutableRawPointer?
    private var left = 0
    private var chunkBytes = Arena.firstChunkBytes
    /// What has been handed out.
    private(set) var allocatedByteCount = 0

    init() {}

    deinit {
        while let chunk = latestChunk {
            latestChunk = chunk.load(as: UnsafeMutableRawPointer?.self)
            free(chunk)
        }
    }

    /// Memory for `count` bytes, whatever it holds. Running out of memory ends the process, as it does everywhere in Swift.
    func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        guard let memory = tryAllocate(count) else { preconditionFailure("no memory for \(count) bytes of a message") }
        return memory
    }

    private func tryAllocate(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count >= 0, count <= Int(Int32.max) else { return nil }
        let rounded = max(Self.alignment, (count + Self.alignment - 1) & ~(Self.alignment - 1))
        if rounded > left {
            let size = max(rounded + Self.chunkHeadBytes, chunkBytes)
            guard let chunk = malloc(size) else { return nil }
            chunk.storeBytes(of: latestChunk, as: UnsafeMutableRawPointer?.self)
            latestChunk = chunk
            next = chunk + Self.chunkHeadBytes
            left = size - Self.chunkHeadBytes
            chunkBytes = min(chunkBytes * 2, Self.largestChunkBytes)
        }
        guard let start = next else { return nil }
        next = start + rounded
        left -= rounded
        allocatedByteCount += rounded
        return start
    }

    /// Unpacks bytes that passed the pre-check; nil when protobuf-c refuses them. The message lives as long as the arena.
    func unpack(_ bytes: UnsafeRawBufferPointer, shape: MessageShape) -> UnsafeRawPointer? {
        var allocator = ProtobufCAllocator(
            alloc: { context, count in
                context.flatMap { Unmanaged<Arena>.fromOpaque($0).takeUnretainedValue().tryAllocate(count) }
            },
            free: { _, _ in },
            allocator_data: Unmanaged.passUnretained(self).toOpaque())
        let descriptor = shape.rawAddress.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
        let unpacked = protobuf_c_message_unpack(
            descriptor, &allocator, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        return unpacked.map { UnsafeRawPointer($0) }
    }
}
