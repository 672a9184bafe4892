/// Which packets the kernel passes on, so that all others are not copied: a program of classic BPF.
///
/// Packets stand before it from their network header on, as packet sockets without link headers have them. It passes on TCP over IPv4 and IPv6
/// with one of the hosts and one of the ports at either end. Fragments are left out, as ``TCPSegment`` leaves them out; where options
/// stand before TCP in IPv6 it does not look for the ports. What goes over loopback is there twice, as it is sent and as it is received,
/// and passes once.
package struct PacketFilter: Sendable, Hashable {
    /// One instruction, with the fields of the kernel's `sock_filter`.
    package struct Instruction: Sendable, Hashable {
        package let code: UInt16
        package let jumpIfTrue: UInt8
        package let jumpIfFalse: UInt8
        package let operand: UInt32
    }

    /// Addresses and ports that are taken at most; the longest program stays far below the 4096 instructions that the kernel takes.
    package static let mostHosts = 32
    package static let mostPorts = 64

    private enum Address {
        /// Where the kernel tells things that do not stand in the packet.
        static let kernel: UInt32 = 0xFFFF_F000
        static let packetType = kernel + 4
        static let hardwareType = kernel + 28
    }

    private enum Value {
        static let outgoing: UInt32 = 4
        static let loopback: UInt32 = 772
        static let tcp: UInt32 = 6
        /// Options for hops, routes and destinations.
        static let ipv6Options: [UInt32] = [0, 43, 60]
        /// The flag of more fragments, and the offset.
        static let fragment: UInt32 = 0x3FFF
    }

    package let instructions: [Instruction]

    /// - Parameters:
    ///   - hosts: addresses of four bytes or sixteen; with none, any host.
    ///   - ports: with none, any port.
    ///   - snapBytes: of each packet that are copied, from its network header on.
    /// - Precondition: no more hosts and ports than are taken, and no address of another length.
    package init(hosts: [[UInt8]], ports: Set<UInt16>, snapBytes: UInt32) {
        precondition(hosts.count <= Self.mostHosts && ports.count <= Self.mostPorts, "no more than are taken")
        precondition(hosts.allSatisfy { $0.count == 4 || $0.count == 16 }, "an address has four bytes or sixteen")
        var program = FilterProgram()
        let (accept, reject) = (program.label(), program.label())
        Self.passLoopbackOnce(&program, reject: reject)
        let (ipv4, ipv6) = (program.label(), program.label())
        program.loadVersion()
        program.jump(to: ipv4, ifEqual: 4)
        program.jump(to: ipv6, ifEqual: 6)
        program.jump(to: reject)
        program.place(ipv4)
        Self.passIPv4(&program, hosts, ports.sorted(), accept: accept, reject: reject)
        program.place(ipv6)
        Self.passIPv6(&program, hosts, ports.sorted(), accept: accept, reject: reject)
        program.place(accept)
        program.end(snapBytes)
        program.place(reject)
        program.end(0)
        instructions = program.assembled()
    }

    private static func passLoopbackOnce(_ program: inout FilterProgram, reject: FilterProgram.Label) {
        let once = program.label()
        program.load(.word, Address.packetType)
        program.jump(to: once, unlessEqual: Value.outgoing)
        program.load(.word, Address.hardwareType)
        program.jump(to: reject, ifEqual: Value.loopback)
        program.place(once)
    }

    private static func passIPv4(
        _ program: inout FilterProgram, _ hosts: [[UInt8]], _ ports: [UInt16], accept: FilterProgram.Label,
        reject: FilterProgram.Label
    ) {
        program.load(.byte, 9)
        program.jump(to: reject, unlessEqual: Value.tcp)
        program.load(.half, 6)
        program.jump(to: reject, ifAnyOf: Value.fragment)
        pass(hosts, of: 4, at: [12, 16], &program, reject: reject)
        guard !ports.isEmpty else { return program.jump(to: accept) }
        program.loadIPv4HeaderLength()
        for place: UInt32 in [0, 2] {
            program.load(.half, behindHeader: place)
            for port in ports { program.jump(to: accept, ifEqual: UInt32(port)) }
        }
        program.jump(to: reject)
    }

    private static func passIPv6(
        _ program: inout FilterProgram, _ hosts: [[UInt8]], _ ports: [UInt16], accept: FilterProgram.Label,
        reject: FilterProgram.Label
    ) {
        let (options, taken) = (program.label(), program.label())
        program.load(.byte, 6)
        program.jump(to: taken, ifEqual: Value.tcp)
        for next in Value.ipv6Options { program.jump(to: options, ifEqual: next) }
        program.jump(to: reject)
        program.place(options)
        // What follows on the first of them, which with what machines tell their neighbours is not TCP.
        program.load(.byte, 40)
        for next in [Value.tcp] + Value.ipv6Options { program.jump(to: taken, ifEqual: next) }
        program.jump(to: reject)
        program.place(taken)
        pass(hosts, of: 16, at: [8, 24], &program, reject: reject)
        guard !ports.isEmpty else { return program.jump(to: accept) }
        program.load(.byte, 6)
        program.jump(to: accept, unlessEqual: Value.tcp)
        for place: UInt32 in [40, 42] {
            program.load(.half, place)
            for port in ports { program.jump(to: accept, ifEqual: UInt32(port)) }
        }
        program.jump(to: reject)
    }

    /// Goes on behind it where an end is one of the hosts, or any will do.
    private static func pass(
        _ hosts: [[UInt8]], of length: Int, at places: [UInt32], _ program: inout FilterProgram, reject: FilterProgram.Label
    ) {
        guard !hosts.isEmpty else { return }
        let passed = program.label()
        for host in hosts where host.count == length {
            for place in places {
                let other = program.label()
                for start in stride(from: 0, to: length, by: 4) {
                    program.load(.word, place + UInt32(start))
                    program.jump(to: other, unlessEqual: host[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) })
                }
                program.jump(to: passed)
                program.place(other)
            }
        }
        program.jump(to: reject)
        program.place(passed)
    }
}
