private import CPacketSocket
import ChildProcesses
import Foundation
import Testing

@testable import WireDump

/// Two interfaces of this machine of which each carries what is sent to the other, for tests alone.
///
/// Making them takes root, and the program ip; where that is missing, ``isAvailable`` is false and tests that need them are skipped.
final class InterfacePair: Sendable {
    /// Where packets are sent, and where they come out.
    let near: String
    let far: String
    private let descriptor: Int32

    static let isAvailable: Bool = geteuid() == 0 && Programs.areInstalled("ip") && make() != nil
    static let reason = "interfaces cannot be made here; it takes root, iproute2 and the kernel's veth"

    /// Makes a pair, or nil where this machine has none to give.
    static func make() -> InterfacePair? {
        // A name has fifteen letters at most.
        let name = "wd" + UUID().uuidString.prefix(8).lowercased()
        let (near, far) = (name + "a", name + "b")
        guard ip("link", "add", near, "type", "veth", "peer", "name", far) else { return nil }
        let descriptor = socket(AF_PACKET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // From here on whoever lets go of it takes the interfaces away.
        let pair = InterfacePair(near: near, far: far, descriptor: descriptor)
        return descriptor >= 0 && ip("link", "set", near, "up") && ip("link", "set", far, "up") ? pair : nil
    }

    private init(near: String, far: String, descriptor: Int32) {
        self.near = near
        self.far = far
        self.descriptor = descriptor
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        _ = Self.ip("link", "del", near)
    }

    @discardableResult
    static func ip(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ip"] + arguments
        process.standardError = nil
        guard (try? process.run()) != nil else { return false }  // Where it is not installed.
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Sends a frame to the far end.
    func send(_ frame: [UInt8]) throws {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_ifindex = Int32(if_nametoindex(near))
        let count = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, frame, frame.count, 0, $0, socklen_t(MemoryLayout<sockaddr_ll>.size))
            }
        }
        try #require(count == frame.count, "\(String(cString: strerror(errno)))")
    }

    /// Sends packets that begin with their addresses, behind the tags of virtual networks.
    func send(_ packets: some Sequence<CapturedPacket>, tags: [UInt8] = []) throws {
        for packet in packets {
            let type: [UInt8] = packet.bytes[0] >> 4 == 6 ? [0x86, 0xDD] : [0x08, 0x00]
            try send([UInt8](repeating: 0xFF, count: 6) + [2, 0, 0, 0, 0, 1] + tags + type + packet.bytes)
        }
    }
}
