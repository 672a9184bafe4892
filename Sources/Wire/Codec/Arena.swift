private import CProtobufC
import Glibc

/// Memory for one message: handed out zeroed from chunks, given back all at once.
///
/// protobuf-c allocates through it while unpacking and never frees a part, so unpacking costs a handful of allocations whatever the
/// message holds, and nothing can leak or be freed twice.
final class Arena {
    private static let firstChunkBytes = 4 << 10
    private static let largestChunkBytes = 1 << 20
    private static let alignment = 16

    private var chunks: [UnsafeMutableRawPointer] = []
    private var next: UnsafeMutableRawPointer?
    private var left = 0
    private var chunkBytes = Arena.firstChunkBytes
    /// What has been handed out.
    private(set) var allocatedByteCount = 0

    init() {}

    deinit {
        for chunk in chunks { free(chunk) }
    }

    /// Zeroed memory for `count` bytes. Running out of memory ends the process, as it does everywhere in Swift.
    func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        guard let memory = tryAllocate(count) else { preconditionFailure("no memory for \(count) bytes of a message") }
        return memory
    }

    private func tryAllocate(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count >= 0, count <= Int(Int32.max) else { return nil }
        let rounded = max(Self.alignment, (count + Self.alignment - 1) & ~(Self.alignment - 1))
        if rounded > left {
            let size = max(rounded, chunkBytes)
            guard let chunk = calloc(1, size) else { return nil }
            chunks.append(chunk)
            next = chunk
            left = size
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
