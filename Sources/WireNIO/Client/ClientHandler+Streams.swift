import NIOCore
import Wire

extension ClientHandler {
    /// Writes a stream's request; the promise is kept once that has been done, or gets ``Unseen``.
    func open(
        _ request: RequestEnvelope, as call: CallID, _ kind: StreamKind, _ stream: OpenStream, deadline: Deadline?,
        opened: EventLoopPromise<Void>, context: ChannelHandlerContext
    ) {
        guard isUsable(context) else { return opened.fail(Unseen()) }
        streams[call] = stream
        perform(connection.send(request, as: call, kind: kind), context)
        flush(context)
        defer { opened.succeed() }
        // A request that is too long for the server has ended its stream.
        guard streams[call] != nil else { return }
        if let deadline {
            let late = RPCError(.deadlineExceeded, "the stream did not end in time")
            stream.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(deadline.remaining)) { [weak self] in
                self?.giveUp(call, because: late, context)
            }
        }
        watchSilence(of: call, stream, context)
    }

    /// A stream ends though its server has not ended it; what still comes of it is dropped.
    func giveUp(_ call: CallID, because error: RPCError, _ context: ChannelHandlerContext) {
        guard streams[call] != nil else { return }
        let actions = letGo(call, because: error.code)
        end(call, with: error, context)
        perform(actions, context)
        flush(context)
    }

    private func watchSilence(of call: CallID, _ stream: OpenStream, _ context: ChannelHandlerContext) {
        guard let silence = stream.silence else { return }
        let due = stream.lastMessage + silence
        stream.silenceEnd = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self, weak stream] in
            guard let self, let stream else { return }
            guard stream.lastMessage + silence <= .now() else { return watchSilence(of: call, stream, context) }
            giveUp(call, because: RPCError(.unavailable, "the server has been silent for too long"), context)
        }
    }

    // MARK: - From the server

    func deliver(_ message: [UInt8], credit: Int, to call: CallID, _ context: ChannelHandlerContext) {
        guard let stream = streams[call] else { return }
        stream.lastMessage = .now()
        guard stream.responses.append(message, credit: credit), !connection.features.contains(.window) else { return }
        pause.filled(call, at: .now)
        updateReading(context)
        watchPause(context)
    }

    func end(_ call: CallID, with error: RPCError?, _ context: ChannelHandlerContext) {
        guard let stream = streams.removeValue(forKey: call) else { return }
        stream.stopClocks()
        stream.responses.finish(error, isOver: true)
        stream.ended(error)
        for message in window.remove(where: { $0.stream == call }) { message.written.fail(Self.over) }
        release(call, context)
    }

    /// A stream has room again, or is over.
    func release(_ call: CallID, _ context: ChannelHandlerContext) {
        guard pause.isActive else { return }
        pause.released(call)
        guard !pause.isActive, context.channel.isActive else { return }
        updateReading(context)
        readFrames(context)
    }

    private func updateReading(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let channel = context.channel
        channel.setOption(.autoRead, value: !pause.isActive).whenFailure { _ in channel.close(promise: nil) }
    }

    /// Ends the streams that have held up their connection for too long.
    private func watchPause(_ context: ChannelHandlerContext) {
        guard pauseEnd == nil, let overdue = pause.nextOverdue else { return }
        let wait = max(.zero, ContinuousClock.now.duration(to: overdue))
        pauseEnd = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in
            guard let self else { return }
            pauseEnd = nil
            for call in pause.overdue(at: .now) {
                giveUp(call, because: RPCError(.resourceExhausted, "the messages come faster than they are taken"), context)
            }
            watchPause(context)
        }
    }

    // MARK: - To the server

    private static let over = RPCError(.cancelled, "the call is over")

    /// Sends a message once there is room for it.
    func send(_ payload: [UInt8], on call: CallID, _ written: EventLoopPromise<Void>, _ context: ChannelHandlerContext) {
        guard connection.isOpen(call) else { return written.fail(Self.over) }
        window.wait(
            WaitingMessage(stream: call, payload: payload, written: written), of: call,
            bytes: FrameHeader.byteCount + payload.count)
        sendWaiting(context)
    }

    /// Says that a call has no more messages.
    func finishSending(on call: CallID, _ context: ChannelHandlerContext) {
        perform(connection.finishSending(on: call), context)
        flush(context)
    }

    /// Writes the messages for which there is room.
    func sendWaiting(_ context: ChannelHandlerContext) {
        while let message = window.next({ connection.leave(toSend: $1, on: $0) }) {
            if let most = connection.maximumFrameBytes, message.payload.count > most {
                message.written.fail(
                    RPCError(.resourceExhausted, "the message is \(message.payload.count) bytes; the server takes \(most)"))
                continue
            }
            streams[message.stream]?.lastMessage = .now()
            perform(connection.send(message.payload, on: message.stream), context)
            message.written.succeed()
        }
        flush(context)
    }
}
