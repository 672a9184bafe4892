import Wire

extension ConnectionLinter {
    // MARK: - One frame by itself

    func form(_ frame: Frame, mayHavePieces: Bool, _ report: inout Report) {
        report.add(.oversizedFrame, "\(frame.payload.count) bytes", if: frame.payload.count > Self.longestPayload)
        guard [.request, .response, .data, .ping, .pong, .goAway, .window, .cancel].contains(frame.type) else {
            return report.add(.unknownType, "\(frame.type.rawValue)")
        }
        let known: FrameFlags = [.remoteClosed, .remoteOpen, .noData]
        let unknown = frame.flags.subtracting(mayHavePieces ? known.union(.more) : known)
        report.add(.unknownFlags, FrameNames.flags(unknown).joined(), if: !unknown.isEmpty)
        report.add(
            .noDataWithPayload, "\(frame.payload.count) bytes",
            if: frame.type == .data && frame.flags.contains(.noData) && !frame.payload.isEmpty)
        report.add(
            .messageWithEnd, "\(frame.payload.count) bytes",
            if: frame.type == .data && frame.flags.contains(.remoteClosed) && !frame.flags.contains(.noData))
        report.add(
            .responseFlags, FrameNames.flags(frame.flags).joined(separator: " "),
            if: frame.type == .response && !frame.flags.subtracting(mayHavePieces ? .more : []).isEmpty)
    }

    // MARK: - Requests

    /// - Parameter hasBegun: whether pieces of it came before, with the first of which it has taken its stream.
    mutating func request(_ frame: Frame, hasBegun: Bool, at time: UInt64, _ sight: Sight, _ report: inout Report) {
        let stream = frame.stream
        report.add(.evenStream, "\(stream.rawValue)", if: sight.isSenderWhole && !stream.isClientInitiated)
        report.add(
            .streamTooHigh, "\(stream.rawValue)",
            if: sight.isSenderWhole && stream.isClientInitiated && stream.rawValue >= Self.firstForbiddenStream)
        let request: RequestEnvelope
        do throws(DecodingError) {
            request = try RequestEnvelope(decoding: frame.payload)
        } catch {
            report.add(.unreadableEnvelope, error.description, if: sight.isSenderWhole)
            guard place(frame.stream, hasBegun: hasBegun, sight, &report) else { return }
            return begin(Running(name: "its request could not be read", begin: time), on: stream)
        }
        guard place(stream, hasBegun: hasBegun, sight, &report) else { return }
        let name = JSONText.name("\(request.method.service)/\(request.method.method)")
        let method = linting.schema.method(request.method.service, request.method.method)
        report.add(.unknownMethod, name, if: method == nil && request.method.service != Self.optionalService)
        if name == Self.hello, greeting == .unsaid {
            greeting = .asked
            offer(request.payload)
        }
        let isUnary = method.map(\.isUnary) ?? frame.flags.isDisjoint(with: [.remoteClosed, .remoteOpen])
        if let method { fit(frame, request, to: method, &report) }
        let metadata = request.metadata.byteCount
        report.add(.largeMetadata, "\(metadata) bytes", if: metadata > Self.mostMetadataBytes)
        let longest = isUnary ? Self.longestUnaryNanoseconds : Self.longestStreamNanoseconds
        report.add(
            .timeoutOutOfBounds, "\(request.timeoutNanoseconds) ns",
            if: request.timeoutNanoseconds < 0 || request.timeoutNanoseconds > longest)
        begin(
            Running(
                method: method, name: name, begin: time, timeoutNanoseconds: request.timeoutNanoseconds, isUnary: isUnary,
                hasClientEnded: !frame.flags.contains(.remoteOpen), isTraced: sight.isOtherWhole || hasHeardServer), on: stream)
        report.add(.tooManyCalls, "\(running.count)", if: sight.isCaughtUp && running.count == Self.mostCalls + 1)
    }

    /// Takes the stream of a request.
    ///
    /// - Returns: false where a call runs on it, which goes on.
    private mutating func place(_ stream: StreamID, hasBegun: Bool, _ sight: Sight, _ report: inout Report) -> Bool {
        if let call = running[stream], sight.isCaughtUp {
            report.add(.streamInUse, "\(call.name) runs on it")
            change(stream) { $0.refusalsOwed += 1 }
            return false
        }
        if !hasBegun || hasEnded(stream) { takeAnew(stream, &report) }
        return true
    }

    /// Takes the stream of a request that begins.
    private mutating func takeAnew(_ stream: StreamID, _ report: inout Report) {
        let isAgain = hasEnded(stream)
        let highest = take(stream)
        if isAgain {
            report.add(.streamTakenAgain, "")
        } else if let highest, stream < highest {
            report.add(.streamOutOfOrder, "after \(highest.rawValue)")
        }
    }

    /// The first piece of a request has come.
    mutating func beginPieces(on stream: StreamID, _ sight: Sight, _ report: inout Report) {
        guard running[stream] == nil || !sight.isCaughtUp else { return }
        takeAnew(stream, &report)
    }

    private func fit(_ frame: Frame, _ request: RequestEnvelope, to method: MessageSchema.Method, _ report: inout Report) {
        let wanted: FrameFlags = method.clientStreams ? .remoteOpen : method.serverStreams ? .remoteClosed : []
        let flags = frame.flags.intersection([.remoteClosed, .remoteOpen])
        report.add(
            .unfitFlags, "\(Self.list(flags)) where the method has \(Self.list(wanted))", if: flags != wanted)
        guard !method.clientStreams || !request.payload.isEmpty else { return }
        message(request.payload, as: method.input, &report)
    }

    private static func list(_ flags: FrameFlags) -> String {
        flags.isEmpty ? "no flags" : FrameNames.flags(flags).joined(separator: " ")
    }

    private func message(_ bytes: [UInt8], as type: String, _ report: inout Report) {
        do {
            try MessageCheck(schema: linting.schema).check(bytes, as: type)
        } catch {
            report.add(.unreadableMessage, "\(type): \(error)")
        }
    }

    // MARK: - Answers

    mutating func response(_ frame: Frame, at time: UInt64, _ sight: Sight, _ report: inout Report) {
        let response: ResponseEnvelope
        do throws(DecodingError) {
            response = try ResponseEnvelope(decoding: frame.payload)
        } catch {
            report.add(.unreadableEnvelope, error.description, if: sight.isSenderWhole)
            return end(frame.stream)
        }
        guard let call = running[frame.stream] else {
            let isLate = hasEnded(frame.stream)
            report.add(.frameAfterEnd, response.code.name, if: isLate && sight.isCaughtUp)
            return report.add(.responseWithoutRequest, response.code.name, if: !isLate && sight.isAll)
        }
        if let code = Self.unknownCode(frame.payload) { report.add(.unknownStatus, "\(code)") }
        switch response {
        case .success(let payload):
            if call.name == Self.hello {
                greeting = .met
                agree(payload)
            }
            if let method = call.method, !method.serverStreams || !payload.isEmpty {
                message(payload, as: method.output, &report)
            }
        case .failure(let error):
            if error.code == .invalidArgument, call.refusalsOwed > 0 {
                return change(frame.stream) { $0.refusalsOwed -= 1 }
            }
            if call.name == Self.hello, greeting == .asked { greeting = .refused }
            report.add(.refused, "\(call.name) \(error.code.name)", if: error.isRefused)
        }
        deadline(of: call, at: time, isTold: response.code == .deadlineExceeded, sight, &report)
        end(frame.stream)
    }

    private func deadline(of call: Running, at time: UInt64, isTold: Bool, _ sight: Sight, _ report: inout Report) {
        // Of what was missed part may have been that the call was given up.
        guard sight.isCaughtUp, !isTold, !call.isGivenUp, call.timeoutNanoseconds > 0, time > call.begin else { return }
        let late = Int64(clamping: time - call.begin) - call.timeoutNanoseconds
        report.add(.deadlinePassed, "\(call.name), by \(ClockText.duration(UInt64(max(0, late))))", if: late > 0)
    }

    /// The code of a status that is none of those that there are.
    private static func unknownCode(_ payload: [UInt8]) -> Int64? {
        // An envelope that cannot be read has been told of.
        guard let status = (try? WireFields.all(payload[...]))?.allBytes(1).last,
            let code = (try? WireFields.all(status))?.integer(1).map({ Int64(bitPattern: $0) })
        else { return nil }
        return Int32(exactly: code).flatMap(StatusCode.init(rawValue:)) == nil ? code : nil
    }

    // MARK: - Data

    mutating func clientData(_ frame: Frame, at time: UInt64, _ sight: Sight, _ report: inout Report) {
        let stream = frame.stream
        spend(frame, from: .client, sight, &report)
        guard let call = running[stream] else {
            // What a client still sends when its stream has ended is dropped.
            guard !hasEnded(stream), sight.isAll else { return }
            report.add(.dataWithoutRequest, "\(frame.payload.count) bytes")
            return begin(Running(name: "data without a request", begin: time), on: stream)
        }
        if call.isUnary {
            report.add(.dataInUnaryCall, call.name)
        } else if call.hasClientEnded {
            report.add(.dataAfterClose, call.name)
        } else if let method = call.method, !frame.flags.contains(.noData) {
            message(frame.payload, as: method.input, &report)
        }
        if frame.flags.contains(.remoteClosed) { change(stream) { $0.hasClientEnded = true } }
    }

    mutating func serverData(_ frame: Frame, at time: UInt64, _ sight: Sight, _ report: inout Report) {
        spend(frame, from: .server, sight, &report)
        guard let call = running[frame.stream] else {
            let isLate = hasEnded(frame.stream)
            report.add(.frameAfterEnd, "\(frame.payload.count) bytes of data", if: isLate && sight.isCaughtUp)
            return report.add(.dataWithoutRequest, "\(frame.payload.count) bytes", if: !isLate && sight.isAll)
        }
        if call.isUnary {
            report.add(.dataInUnaryCall, call.name)
        } else if let method = call.method, !frame.flags.contains(.noData) {
            message(frame.payload, as: method.output, &report)
        }
        guard frame.flags.contains(.remoteClosed) else { return }
        deadline(of: call, at: time, isTold: false, sight, &report)
        end(frame.stream)
    }

    /// Whether a side certainly has not agreed on anything.
    func isPlain(_ side: Side, _ sight: Sight) -> Bool {
        let isUnsaid = greeting == .unsaid && (side == .client ? sight.isSenderWhole : sight.isOtherWhole && sight.isCaughtUp)
        return isUnsaid || greeting == .refused
    }

    // MARK: - The connection's own

    private static let hello = "\(Hello.method)"

    mutating func control(_ frame: Frame, from side: Side, _ sight: Sight, _ report: inout Report) {
        let control: ControlFrame?
        do throws(DecodingError) {
            control = try ControlFrame(frame)
        } catch {
            return report.add(.unreadableControl, error.description, if: sight.isSenderWhole)
        }
        guard let control else { return }
        report.add(.controlWithoutHello, FrameNames.type(frame.type), if: isPlain(side, sight))
        switch control {
        case .cancel(let stream, _):
            change(stream) { $0.isGivenUp = true }
            dropRequest(on: stream)
        case .goAway(let goAway) where side == .server:
            for stream in running.keys where stream > goAway.lastAccepted { change(stream) { $0.isGivenUp = true } }
        case .window(let stream, let credit): give(credit, on: stream, from: side, sight, &report)
        case .goAway, .ping, .pong: break
        }
    }
}

extension MessageSchema.Method {
    var isUnary: Bool { !clientStreams && !serverStreams }
}
