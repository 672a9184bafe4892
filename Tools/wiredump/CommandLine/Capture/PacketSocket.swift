private import CPacketSocket
import Foundation
import WireDump

/// A socket that sees what interfaces carry, each packet from its network header on.
struct PacketSocket: ~Copyable {
    let descriptor: Int32

    /// Opens a socket that sees nothing until it is bound.
    ///
    /// - Throws: ``CaptureError`` where the right to it is missing.
    init() throws(CaptureError) {
        let descriptor = socket(AF_PACKET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.refusal() }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Has the kernel pass on what the filter does, and nothing else.
    borrowing func attach(_ filter: PacketFilter) throws(CaptureError) {
        var instructions = filter.instructions.map {
            sock_filter(code: $0.code, jt: $0.jumpIfTrue, jf: $0.jumpIfFalse, k: $0.operand)
        }
        let result = instructions.withUnsafeMutableBufferPointer { buffer in
            var program = sock_fprog(len: UInt16(buffer.count), filter: buffer.baseAddress)
            return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<sock_fprog>.size))
        }
        guard result == 0 else { throw Self.error("the kernel does not take the filter") }
    }

    /// Makes a ring that the kernel fills from now on, and maps it.
    ///
    /// - Parameter milliseconds: after which the kernel passes on a block that is not full.
    borrowing func ring(blocks: Int, blockBytes: Int, milliseconds: Int32) throws(CaptureError) -> MappedMemory {
        var version = Int32(TPACKET_V3.rawValue)
        // Frames mean nothing in this version but that their number has to fit.
        let frameBytes = 2048
        var shape = tpacket_req3(
            tp_block_size: UInt32(blockBytes), tp_block_nr: UInt32(blocks), tp_frame_size: UInt32(frameBytes),
            tp_frame_nr: UInt32(blocks * blockBytes / frameBytes), tp_retire_blk_tov: UInt32(milliseconds), tp_sizeof_priv: 0,
            tp_feature_req_word: 0)
        guard setsockopt(descriptor, SOL_PACKET, PACKET_VERSION, &version, socklen_t(MemoryLayout<Int32>.size)) == 0,
            setsockopt(descriptor, SOL_PACKET, PACKET_RX_RING, &shape, socklen_t(MemoryLayout<tpacket_req3>.size)) == 0,
            let memory = mmap(nil, blocks * blockBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            memory != MAP_FAILED
        else { throw Self.error("there is no ring of \(blocks * blockBytes >> 20) MiB to be had") }
        return MappedMemory(start: memory, count: blocks * blockBytes)
    }

    /// Begins to see what an interface carries.
    borrowing func bind(to interface: NetworkInterface) throws(CaptureError) {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = UInt16(ETH_P_ALL).bigEndian
        address.sll_ifindex = interface.index
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_ll>.size))
            }
        }
        guard result == 0 else { throw Self.error("\(interface.name) cannot be listened to") }
    }

    /// What is wrong with the socket since it was last asked; zero if nothing is.
    borrowing func fault() -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }

    /// Packets that passed the filter since it was last asked, and had no room; at most 2^32.
    borrowing func droppedPackets() -> Int {
        var statistics = tpacket_stats_v3()
        var length = socklen_t(MemoryLayout<tpacket_stats_v3>.size)
        guard getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) == 0 else { return 0 }
        return Int(statistics.tp_drops)
    }

    private static func refusal() -> CaptureError {
        guard errno == EPERM || errno == EACCES else { return error("a packet socket cannot be opened") }
        return CaptureError(
            description: """
                the right CAP_NET_RAW is missing, which capturing on an interface takes: run it as root, or give the right to the program \
                with 'sudo setcap cap_net_raw=ep \(program)'; 'wiredump proxy' needs no right
                """)
    }

    private static var program: String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        return count > 0 ? String(decoding: path.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : "wiredump"
    }

    private static func error(_ what: String) -> CaptureError {
        CaptureError(description: "\(what): \(String(cString: strerror(errno)))")
    }
}

/// Memory that is mapped for as long as it has an owner.
struct MappedMemory: ~Copyable {
    let start: UnsafeMutableRawPointer
    let count: Int

    deinit { munmap(start, count) }
}
