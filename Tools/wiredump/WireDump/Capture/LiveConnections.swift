/// Turns what passes through a proxy into packets, connection by connection.
package struct LiveConnections: Sendable {
    /// Stands for an end that has no address, a socket file for one.
    private static let nowhere = Endpoint(address: [0, 0, 0, 0], port: 0)

    private var writers: [Int: SegmentWriter] = [:]

    package init() {}

    package mutating func opened(_ number: Int, client: Endpoint?, server: Endpoint?, at time: UInt64) -> [CapturedPacket] {
        var (client, server) = (client ?? Self.nowhere, server ?? Self.nowhere)
        if client.isIPv6 != server.isIPv6 { (client, server) = (client.mappedToIPv6, server.mappedToIPv6) }
        var writer = SegmentWriter(client: client, server: server)
        defer { writers[number] = writer }
        return writer.open(at: time)
    }

    package mutating func passed(_ number: Int, _ bytes: [UInt8], from side: Side, at time: UInt64) -> [CapturedPacket] {
        writers[number]?.send(bytes, from: side, at: time) ?? []
    }

    package mutating func closed(_ number: Int, at time: UInt64) -> [CapturedPacket] {
        var writer = writers.removeValue(forKey: number)
        return writer?.close(at: time) ?? []
    }
}
