import Fuzzing
import Wire

extension FuzzTargets {
    /// A client's bytes as a server takes them: every call that is started can be ended, once; messages come only while the client has said
    /// that more of them do; the limit holds.
    static let serverConnection = FuzzTarget("server-connection") { input in
        var limits = ServerConnection.Limits()
        limits.handlers = 3
        var connection = ServerConnection(limits: limits)
        var running: [StreamID] = []
        var open: Set<StreamID> = []
        var ended = 0
        for event in try events(in: input, pieceBytes: max(1, input.count)) {
            let actions =
                switch event {
                case .frame(let frame): connection.received(frame)
                case .oversized(let header): connection.receivedOversized(header)
                }
            for action in actions {
                switch action {
                case .start(let stream, _, let side):
                    running.append(stream)
                    if side == .open { open.insert(stream) }
                case .deliver(let stream, _):
                    try FuzzFinding.require(open.contains(stream), "a message came where none was to come")
                case .endMessages(let stream), .cancel(let stream):
                    try FuzzFinding.require(open.remove(stream) != nil, "messages ended that had not begun")
                case .write, .cancelAll, .close: break
                }
            }
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
        var connection = ClientConnection()
        let kinds: [StreamKind?] = [nil, .serverStreaming, .clientStreaming, .bidirectional, nil]
        let request = RequestEnvelope(method: MethodDescriptor(service: "s", method: "m"), payload: [])
        for (call, kind) in kinds.enumerated() { _ = connection.send(request, as: UInt64(call), kind: kind) }
        var running = Set(kinds.indices.map(UInt64.init))
        func check(_ actions: [ClientConnection.Action]) throws {
            for action in actions {
                switch action {
                case .finish(let call, _):
                    try FuzzFinding.require(running.remove(call) != nil && kinds[Int(call)] == nil, "a call ended wrongly")
                case .deliver(let call, _):
                    try FuzzFinding.require(running.contains(call) && kinds[Int(call)] != nil, "a message came out of place")
                case .end(let call, _):
                    try FuzzFinding.require(running.remove(call) != nil && kinds[Int(call)] != nil, "a stream ended wrongly")
                case .write, .retire: try FuzzFinding.require(false, "a client writes nothing of its own accord")
                }
            }
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
