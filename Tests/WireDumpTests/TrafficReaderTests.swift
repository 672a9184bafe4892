import Contracts
import Testing
import Wire

@testable import WireDump

@Suite("Traffic")
struct TrafficReaderTests {
    private static let get = MethodDescriptor(service: "huleedu.llm.v1.LLMProvider", method: "Get")
    private static let follow = MethodDescriptor(service: "huleedu.events.v1.EventFeed", method: "Follow")

    private static func conversation() -> Conversation {
        var traffic = Conversation()
        traffic.request(1, get, [1, 2])
        traffic.request(3, follow, [3], flags: .remoteClosed)
        traffic.respond(1, .success([4, 5, 6]))
        traffic.message(3, [7], from: .server)
        traffic.message(3, [], from: .server)
        traffic.end(3, from: .server)
        traffic.request(5, follow, [], flags: .remoteOpen)
        traffic.message(5, [8], from: .client)
        traffic.message(5, [9], from: .client)
        traffic.end(5, from: .client)
        traffic.respond(5, .failure(RPCError(.notFound, "no such thing")))
        traffic.request(7, get, [10])
        return traffic
    }

    @Test("of every kind of call is put together to calls")
    func kinds() throws {
        let reading = Reading(Self.conversation().packets)
        #expect(reading.skipped == 0 && reading.strays.isEmpty && reading.calls.map(\.id.text) == ["1/1", "1/3", "1/5", "1/7"])
        let (unary, stream, refused, open) = (reading.calls[0], reading.calls[1], reading.calls[2], reading.calls[3])
        #expect(unary.method == Self.get && unary.outcome == .answered(.ok, message: "") && unary.nanoseconds == 2_000_000)
        #expect(unary.messages.map(\.bytes) == [[1, 2], [4, 5, 6]] && unary.messages.map(\.side) == [.client, .server])
        #expect(stream.method == Self.follow && stream.outcome == .answered(.ok, message: ""))
        #expect(stream.messages.map(\.bytes) == [[3], [7], []] && stream.received == Call.Amount(messages: 2, bytes: 1))
        #expect(
            refused.outcome == .answered(.notFound, message: "no such thing")
                && refused.sent == Call.Amount(messages: 2, bytes: 2))
        #expect(open.outcome == .unanswered && open.received.messages == 0)
        #expect(reading.calls.allSatisfy { $0.peers == .init(connection: 1, client: Packets.client, server: Packets.server) })
    }

    @Test(
        "that is joined in mid-connection is found, with the calls whose request was missed",
        arguments: [[], [7100] as Set<UInt16>])
    func joinedLate(ports: Set<UInt16>) {
        let packets = Self.conversation().packets
        // Without the two that open, and the first two requests.
        let reading = Reading(packets.dropFirst(4), reader: TrafficReader(ports: ports))
        #expect(reading.calls.map(\.id.stream.rawValue) == [1, 3, 5, 7])
        #expect(reading.calls.map(\.method?.method) == [nil, nil, "Follow", "Get"])
        #expect(reading.calls.allSatisfy { $0.peers.client == Packets.client })
    }

    @Test("that comes in another order, or twice, is the same")
    func disorder() {
        let packets = Self.conversation().packets
        let inOrder = Reading(packets).calls
        // The client's packets change places where nothing of the server's stands between them.
        var disordered = packets
        disordered.swapAt(2, 3)
        disordered.insert(packets[2], at: 5)
        disordered.swapAt(10, 11)
        let reading = Reading(disordered)
        #expect(
            reading.skipped == 0
                && reading.calls.map(\.messages).map { $0.map(\.bytes) } == inOrder.map(\.messages).map { $0.map(\.bytes) })
    }

    @Test("of which a packet is missing loses that call alone")
    func loss() {
        var traffic = Conversation()
        for number in 0..<50 as Range<UInt32> {
            traffic.request(2 * number + 1, Self.get, [UInt8](repeating: 1, count: 100))
            traffic.respond(2 * number + 1, .success([2]))
        }
        var packets = traffic.packets
        packets.remove(at: 2 + 2 * 20)
        let reading = Reading(packets)
        #expect(reading.calls.count == 50 && reading.skipped > 100)
        #expect(reading.calls.count { $0.method == nil } == 1)
        #expect(reading.calls.allSatisfy { $0.outcome == .answered(.ok, message: "") })
    }

    @Test("that shows an answer before its request is put together all the same")
    func answerFirst() {
        var traffic = Conversation()
        traffic.message(1, [1], from: .server)
        traffic.request(1, Self.follow, [2], flags: .remoteClosed)
        traffic.end(1, from: .server)
        let reading = Reading(traffic.packets)
        #expect(reading.strays.isEmpty && reading.calls.map(\.method) == [Self.follow])
        #expect(reading.calls.first?.messages.map(\.bytes) == [[1], [2]])
    }

    @Test("late for a call that is over begins none")
    func late() {
        var traffic = Conversation()
        traffic.request(1, Self.follow, [], flags: .remoteOpen)
        traffic.respond(1, .failure(RPCError(.unavailable, "")))
        traffic.message(1, [1], from: .client)
        traffic.end(1, from: .client)
        #expect(Reading(traffic.packets).calls.count == 1)
        traffic.request(1, Self.get, [1])
        traffic.respond(1, .success([]))
        #expect(Reading(traffic.packets).calls.map(\.method) == [Self.follow, Self.get])
    }

    @Test("that means nothing where it stands is told as stray")
    func stray() {
        var traffic = Conversation()
        traffic.send(Frame(stream: StreamID(rawValue: 1), type: .request, flags: [], payload: [0xFF]), from: .client)
        traffic.request(3, Self.get, [])
        traffic.request(3, Self.get, [])
        traffic.send(Frame(stream: StreamID(rawValue: 5), type: .response, flags: [], payload: []), from: .client)
        let reading = Reading(traffic.packets)
        #expect(reading.strays.count == 3 && reading.strays[0].hasPrefix("no request") && reading.calls.count == 1)
    }

    @Test("of a connection that takes the ends of an earlier one is another's")
    func reusedEnds() {
        var traffic = Self.conversation()
        traffic.close()
        let again = Conversation().packets
        let reading = Reading(traffic.packets + again.prefix(1) + again + Self.conversation().packets.dropFirst(2))
        #expect(Set(reading.calls.map(\.id.connection)) == [1, 2] && reading.calls.count == 8)
    }

    @Test("has calls that run from what is first seen of them until they end, and frames that belong to none begin none")
    func running() {
        var traffic = Conversation()
        var reader = TrafficReader()
        var seen = 0
        func running() -> Int {
            for packet in traffic.packets[seen...] { _ = reader.receive(packet) }
            seen = traffic.packets.count
            return reader.runningCalls
        }
        func sendNoRequest(on stream: UInt32) {
            let frame = Frame(stream: StreamID(rawValue: stream), type: .request, flags: [], payload: [0xFF])
            traffic.send(frame, from: .client)
        }
        traffic.request(1, Self.get, [1])
        sendNoRequest(on: 3)
        #expect(running() == 1)
        traffic.request(1, Self.get, [1])
        traffic.message(5, [2], from: .server)
        #expect(running() == 2)
        traffic.respond(1, .success([3]))
        sendNoRequest(on: 1)
        traffic.message(1, [4], from: .server)
        #expect(running() == 1)
        traffic.request(7, Self.get, [5])
        #expect(running() == 2)
        traffic.close()
        #expect(running() == 0)
    }

    @Test("of other ports than those asked for is left alone")
    func ports() {
        let packets = Self.conversation().packets
        #expect(Reading(packets, reader: TrafficReader(ports: [7100])).calls.count == 4)
        #expect(Reading(packets, reader: TrafficReader(ports: [7101])).calls.isEmpty)
    }

    @Test(
        "of any length is followed in bounded memory, and what is given up is told",
        arguments: [CallTracker.Keeping.messages, .nothing])
    func memory(keeping: CallTracker.Keeping) {
        var limits = TrafficReader.Limits()
        limits.bytes = 1 << 20
        limits.connections = 40
        // A hundred connections, each with a call that is never answered and a frame that never ends.
        let payload = [UInt8](repeating: 1, count: 50_000)
        let packets = (0..<100).flatMap { number in
            var traffic = Conversation(client: Endpoint(address: [10, 0, 0, 9], port: UInt16(number + 1)))
            traffic.request(1, Self.get, payload)
            let half = Frame(stream: StreamID(rawValue: 3), type: .request, flags: [], payload: payload).bytes.dropLast(10_000)
            traffic.sendRaw(Array(half))
            return traffic.packets
        }
        let reading = Reading(packets, reader: TrafficReader(keeping: keeping, limits: limits))
        #expect(reading.calls.count == 100 && reading.calls.allSatisfy { $0.outcome == .unanswered })
        #expect(reading.mostKeptBytes <= limits.bytes + 100_000 && reading.mostKeptBytes > limits.bytes / 2)
    }
}
