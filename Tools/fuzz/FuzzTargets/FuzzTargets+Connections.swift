import Fuzzing
import Wire

extension FuzzTargets {
    /// A client's bytes as a server takes them: every call that is started can be ended, once; messages come only while the client has said
    /// that more of them do; the limit holds.
    static let serverConnection = FuzzTarget("server-connection") { input in
        try check(input, of: ServerConnection(limits: fuzzLimits))
    }

    /// The same of a client that has said Hello, and knows all frames of a connection's own.
    static let serverConnectionAfterHello = FuzzTarget("server-connection-after-hello") { input in
        var connection = ServerConnection(limits: fuzzLimits, windows: fuzzWindows)
        let hello = RequestEnvelope(
            method: Hello.method, payload: Hello(features: .all, maximumFrameBytes: 4 << 20, windows: fuzzWindows).encoded())
        _ = connection.received(Frame(stream: StreamID(rawValue: 1), type: .request, payload: hello.encoded()))
        try FuzzFinding.require(connection.features == .all, "Hello was not understood")
        try check(input, of: connection)
    }

    private static let fuzzLimits = {
        var limits = ServerConnection.Limits()
        limits.handlers = 3
        return limits
    }()

    /// Smaller than some inputs, and with room for more than two of their frames.
    private static let fuzzWindows = StreamWindows(stream: 16 << 10, connection: 16 << 10)

    /// The credit of messages that have been delivered, which is given back when half of the window is.
    private struct Untaken<Call: Hashable> {
        private var credits: [Call: Int] = [:]

        mutating func add(_ credit: Int, of call: Call) throws {
            credits[call, default: 0] += credit
            try FuzzFinding.require(credits.values.reduce(0, +) <= fuzzWindows.connection, "more came than the window has")
        }

        mutating func due() -> [Call: Int] {
            guard credits.values.reduce(0, +) >= fuzzWindows.connection / 2 else { return [:] }
            defer { credits = [:] }
            return credits
        }
    }

    private static func check(_ input: [UInt8], of connection: ServerConnection) throws {
        var connection = connection
        var untaken = Untaken<StreamID>()
        let limits = fuzzLimits
        var isBrokenOff = false
        var running: [StreamID] = []
        var open: Set<StreamID> = []
        var ended = 0
        for event in try events(in: input, pieceBytes: max(1, input.count)) {
            let actions =
                switch event {
                case .frame(let frame): connection.received(frame)
                case .oversized(let header): connection.receivedOversized(header)
                }
            try FuzzFinding.require(actions.isEmpty || !isBrokenOff, "something is done for a client that was given up")
            for action in actions {
                switch action {
                case .start(let stream, _, let side):
                    running.append(stream)
                    if side == .open { open.insert(stream) }
                case .deliver(let stream, _, let credit):
                    try FuzzFinding.require(open.contains(stream), "a message came where none was to come")
                    try untaken.add(credit, of: stream)
                case .endMessages(let stream), .cancel(let stream):
                    try FuzzFinding.require(open.remove(stream) != nil, "messages ended that had not begun")
                case .gaveUp(let stream, _):
                    try FuzzFinding.require(running.contains(stream), "a call was given up that does not run")
                    open.remove(stream)
                case .breakOff: isBrokenOff = true
                case .met, .write, .resume, .cancelAll, .close, .closeAfterClient: break
                }
            }
            for (stream, credit) in untaken.due() { _ = connection.give(credit, on: stream, connection: credit) }
            try FuzzFinding.require(connection.handlerCount == running.count, "handlers are miscounted")
            try FuzzFinding.require(running.count <= limits.handlers, "more handlers run than may")
            guard running.count == limits.handlers else { continue }
            let stream = running.removeFirst()
            open.remove(stream)
            let isAwaited = connection.isAwaited(stream)
            ended += 1
            let last =
                ended % 2 == 0 ? connection.streamEnded(stream) : connection.handlerEnded(stream, with: .success([]))
            try FuzzFinding.require(last.count == (isAwaited ? 1 : 0), "a request had \(last.count) answers")
        }
        let ends = connection.closed().count
        try FuzzFinding.require(ends == (running.isEmpty ? 0 : 1), "a closed connection cancels what runs")
    }

    /// A server's bytes as a client takes them: every call ends once, by what its kind ends with, and no message comes after that.
    static let clientConnection = FuzzTarget("client-connection") { input in
        try check(input, of: ClientConnection())
    }

    /// The same of a server that has answered Hello, and knows all frames of a connection's own.
    static let clientConnectionAfterHello = FuzzTarget("client-connection-after-hello") { input in
        var connection = ClientConnection(features: .all, windows: fuzzWindows)
        _ = connection.hello()
        let answer = ResponseEnvelope.success(
            Hello(features: .all, maximumFrameBytes: 4 << 20, windows: fuzzWindows).encoded())
        _ = connection.received(Frame(stream: StreamID(rawValue: 1), type: .response, payload: answer.encoded()))
        try FuzzFinding.require(connection.features == .all, "the answer to Hello was not understood")
        try check(input, of: connection)
    }

    private static func check(_ input: [UInt8], of connection: ClientConnection) throws {
        var connection = connection
        let kinds: [StreamKind?] = [nil, .serverStreaming, .clientStreaming, .bidirectional, nil]
        let request = RequestEnvelope(method: MethodDescriptor(service: "s", method: "m"), payload: [])
        for (call, kind) in kinds.enumerated() { _ = connection.send(request, as: UInt64(call), kind: kind) }
        var running = Set(kinds.indices.map(UInt64.init))
        var untaken = Untaken<UInt64>()
        func check(_ actions: [ClientConnection.Action]) throws {
            for action in actions {
                switch action {
                case .finish(let call, _):
                    try FuzzFinding.require(running.remove(call) != nil && kinds[Int(call)] == nil, "a call ended wrongly")
                case .deliver(let call, _, let credit):
                    try untaken.add(credit, of: call)
                    try FuzzFinding.require(running.contains(call) && kinds[Int(call)] != nil, "a message came out of place")
                case .end(let call, _):
                    try FuzzFinding.require(running.remove(call) != nil && kinds[Int(call)] != nil, "a stream ended wrongly")
                case .unseen(let call):
                    try FuzzFinding.require(running.remove(call) != nil, "a call was unseen that did not run")
                case .write(let frame):
                    try FuzzFinding.require(
                        [.pong, .cancel, .window].contains(frame.type), "a client writes of its own accord")
                case .retire, .resume, .close: break
                }
            }
            for (call, credit) in untaken.due() { _ = connection.give(credit, on: call, connection: credit) }
            try FuzzFinding.require(connection.callCount == running.count, "calls are miscounted")
        }
        for event in try events(in: input, pieceBytes: max(1, input.count)) {
            switch event {
            case .frame(let frame): try check(connection.received(frame))
            case .oversized(let header): try check(connection.receivedOversized(header))
            }
        }
        try check(connection.closed(because: "the input is over"))
        try FuzzFinding.require(running.isEmpty, "a call had no end")
    }
}
