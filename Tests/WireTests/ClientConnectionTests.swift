import Fuzzing
import Testing

@testable import Wire

@Suite("A client's connection")
struct ClientConnectionTests {
    private enum Seen: Equatable {
        case write(UInt32)
        case success(UInt64, [UInt8])
        case failure(UInt64, StatusCode, isRefused: Bool)
        case message(UInt64, [UInt8])
        case end(UInt64, StatusCode)
        case unseen(UInt64)
        case retire
        case resume
        case close

        init(_ action: ClientConnection.Action) {
            switch action {
            case .write(let frame):
                #expect(frame.type == .request && frame.flags.isEmpty)
                self = .write(frame.stream.rawValue)
            case .finish(let call, .success(let payload)): self = .success(call, payload)
            case .finish(let call, .failure(let error)): self = .failure(call, error.code, isRefused: error.isRefused)
            case .deliver(let call, let message, _): self = .message(call, message)
            case .end(let call, let error): self = .end(call, error?.code ?? .ok)
            case .unseen(let call): self = .unseen(call)
            case .retire: self = .retire
            case .resume: self = .resume
            case .close: self = .close
            }
        }
    }

    private static let request = RequestEnvelope(method: MethodDescriptor(service: "s", method: "m"), payload: [1])

    private func answer(_ stream: UInt32, _ envelope: ResponseEnvelope) -> Frame {
        Frame(stream: StreamID(rawValue: stream), type: .response, payload: envelope.encoded())
    }

    @Test("gives calls odd streams that rise in the order in which they are written")
    func streams() {
        var connection = ClientConnection()
        for number: UInt64 in 0..<5 {
            #expect(connection.send(Self.request, as: 10 - number).map(Seen.init) == [.write(UInt32(2 * number + 1))])
        }
        #expect(connection.callCount == 5)
    }

    @Test("matches answers to calls in whatever order they come")
    func answers() {
        var connection = ClientConnection()
        _ = connection.send(Self.request, as: 100)
        _ = connection.send(Self.request, as: 200)
        #expect(connection.received(answer(3, .success([2]))).map(Seen.init) == [.success(200, [2])])
        let refused = RPCError(.unavailable, "draining", isRefused: true)
        let seen = connection.received(answer(1, .failure(refused))).map(Seen.init)
        #expect(seen == [.failure(100, .unavailable, isRefused: true)])
        #expect(connection.callCount == 0)
    }

    @Test("drops what it does not wait for: second answers, answers to nobody, late ones, other types")
    func strays() {
        var connection = ClientConnection()
        for call: UInt64 in [1, 2, 3] { _ = connection.send(Self.request, as: call) }
        #expect(connection.received(answer(1, .success([]))).count == 1)
        #expect(connection.received(answer(1, .success([]))).isEmpty)
        #expect(connection.received(answer(9, .success([]))).isEmpty)
        #expect(connection.received(answer(2, .success([]))).isEmpty)
        #expect(connection.abandon(2).isEmpty)
        #expect(connection.callCount == 1)
        #expect(connection.received(answer(3, .success([]))).isEmpty)
        for type: UInt8 in [1, 3, 0, 0x81, 255] {
            let frame = Frame(stream: StreamID(rawValue: 5), type: FrameType(rawValue: type), payload: [])
            #expect(connection.received(frame).isEmpty)
        }
        #expect(connection.callCount == 1)
    }

    @Test("fails the call whose answer is no response or too large, and no other")
    func badAnswers() {
        var connection = ClientConnection()
        for call: UInt64 in [1, 2, 3] { _ = connection.send(Self.request, as: call) }
        let garbage = Frame(stream: StreamID(rawValue: 1), type: .response, payload: [0xFF])
        #expect(connection.received(garbage).map(Seen.init) == [.failure(1, .internal, isRefused: false)])
        let header = FrameHeader(length: 9, stream: StreamID(rawValue: 3), type: .response)
        #expect(connection.receivedOversized(header).map(Seen.init) == [.failure(2, .resourceExhausted, isRefused: false)])
        #expect(connection.receivedOversized(header).isEmpty)
        let data = FrameHeader(length: 9, stream: StreamID(rawValue: 5), type: .data)
        #expect(connection.receivedOversized(data).isEmpty)
        #expect(connection.callCount == 1)
    }

    @Test("fails every waiting call once when it is lost, without claiming that none has run")
    func loss() {
        var connection = ClientConnection()
        for call: UInt64 in [7, 8, 9] { _ = connection.send(Self.request, as: call) }
        #expect(connection.abandon(8).isEmpty)
        let seen = connection.closed(because: "lost").map(Seen.init)
        #expect(seen == [.failure(7, .unavailable, isRefused: false), .failure(9, .unavailable, isRefused: false)])
        #expect(connection.closed(because: "lost").isEmpty)
        #expect(connection.received(answer(1, .success([]))).isEmpty)
    }

    @Test("retires with the last stream below 2^31")
    func exhaustion() {
        var connection = ClientConnection(firstStream: 1 << 31 - 3)
        #expect(connection.send(Self.request, as: 1).map(Seen.init) == [.write(1 << 31 - 3)])
        #expect(!connection.isExhausted)
        #expect(connection.send(Self.request, as: 2).map(Seen.init) == [.write(1 << 31 - 1), .retire])
        #expect(connection.isExhausted)
        #expect(connection.received(answer(1 << 31 - 1, .success([]))).map(Seen.init) == [.success(2, [])])
    }

    @Test("finishes every call once at most, whatever happens in whatever order", arguments: 0..<100)
    func schedule(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var connection = ClientConnection()
        var next: UInt64 = 0
        var waiting: Set<UInt64> = []
        for _ in 0..<300 {
            let actions: [ClientConnection.Action]
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4:
                next += 1
                waiting.insert(next)
                actions = connection.send(Self.request, as: next)
            case 4..<8:
                let stream = UInt32.random(in: 0...UInt32(2 * next + 2), using: &generator)
                actions = connection.received(answer(stream, .success([])))
            case 8:
                guard let call = waiting.randomElement(using: &generator) else { continue }
                #expect(connection.abandon(call).isEmpty)
                waiting.remove(call)
                actions = []
            default: actions = generator.oneIn(30) ? connection.closed(because: "lost") : []
            }
            for case .finish(let call, _) in actions {
                #expect(waiting.remove(call) != nil, "call \(call) ended twice, or after it was given up")
            }
            #expect(connection.callCount == waiting.count)
        }
    }
}
