public import Wire

extension WirePool {
    /// How an attempt ended.
    enum Attempt {
        case answer([UInt8])
        case failure(RPCError)
        /// No handler sees the request, because the connection went before it was written or the server has said that it does not take it:
        /// the call may go elsewhere as if it had not been here.
        case unseen

        var wasSeen: Bool {
            switch self {
            case .answer, .failure: true
            case .unseen: false
            }
        }

        /// Whether nothing better is to be had elsewhere.
        var isFinal: Bool {
            switch self {
            case .answer: true
            case .failure(let error): !CallAttempts.mayPass(error)
            case .unseen: false
            }
        }
    }

    /// A unary call, to be made once or more often.
    struct OutgoingCall {
        let method: MethodDescriptor
        let payload: [UInt8]
        let metadata: Metadata
        let deadline: Deadline
        let waitsForReady: Bool
    }

    public func call(_ method: MethodDescriptor, payload: [UInt8], options: CallOptions) async throws -> [UInt8] {
        try configuration.client.check(payload)
        let deadline = options.deadline ?? .after(configuration.client.defaultTimeout)
        let call = OutgoingCall(
            method: method, payload: payload, metadata: options.metadata, deadline: deadline,
            waitsForReady: options.waitsForReady)
        var attempts = CallAttempts(
            isIdempotent: method.isIdempotent, maximum: configuration.maximumAttempts, backoff: backoff)
        var tried: Set<Roster.ID> = []
        var earlier: RPCError?
        while true {
            let chosen: Chosen
            do {
                chosen = try await choose(avoiding: tried, by: deadline, waits: call.waitsForReady)
            } catch let error as RPCError {
                // What a server said tells more than that there is none now.
                throw error.code == .cancelled ? error : earlier ?? error
            }
            tried.insert(chosen.id)
            switch await answer(to: call, at: chosen, &attempts, &tried) {
            case .answer(let answer): return answer
            case .unseen: continue
            case .failure(let error):
                earlier = error
                let action = attempts.failed(
                    error, remaining: deadline.remaining, isBudgetSound: isBudgetSound, chance: .random(in: 0...1))
                guard case .retry(let pause) = action else { throw error }
                do {
                    try await Task.sleep(for: pause)
                } catch {
                    throw WireClient.cancelled()
                }
            }
        }
    }

    /// One attempt, and a hedge if it takes too long.
    private func answer(
        to call: OutgoingCall, at chosen: Chosen, _ attempts: inout CallAttempts, _ tried: inout Set<Roster.ID>
    ) async -> Attempt {
        guard call.method.isIdempotent, let delay = configuration.hedgeDelays[call.method] else {
            let attempt = await make(call, at: chosen)
            if attempt.wasSeen { attempts.began() }
            return attempt
        }
        return await hedged(call, at: chosen, after: delay, &attempts, &tried)
    }

    private enum Event: Sendable {
        case ended(Attempt)
        case isLate
    }

    /// The first answer counts, and the other attempt is given up; a failure that may pass counts when there is no other.
    private func hedged(
        _ call: OutgoingCall, at first: Chosen, after delay: Duration, _ attempts: inout CallAttempts,
        _ tried: inout Set<Roster.ID>
    ) async -> Attempt {
        await withTaskGroup(of: Event.self) { group in
            group.addTask { .ended(await self.make(call, at: first)) }
            group.addTask {
                // Thrown once there is an answer, or nobody waits for one.
                try? await Task.sleep(for: delay)
                return .isLate
            }
            defer { group.cancelAll() }
            var running = 1
            var last = Attempt.unseen
            while let event = await group.next() {
                switch event {
                case .isLate:
                    guard !Task.isCancelled, attempts.mayHedge, let second = chooseHedge(than: tried) else { continue }
                    tried.insert(second.id)
                    running += 1
                    group.addTask { .ended(await self.make(call, at: second)) }
                case .ended(let attempt):
                    running -= 1
                    if attempt.wasSeen {
                        attempts.began()
                        last = attempt
                    }
                    if attempt.isFinal || running == 0 { return last }
                }
            }
            return last
        }
    }

    private func make(_ call: OutgoingCall, at chosen: Chosen) async -> Attempt {
        do {
            let answer = try await chosen.client.call(
                call.method, payload: call.payload, metadata: call.metadata, by: call.deadline, over: chosen.link)
            succeeded()
            ended(chosen, .answered)
            return .answer(answer)
        } catch let error as RPCError {
            if CallAttempts.mayPass(error) { failed() }
            ended(chosen, Self.outcome(of: error))
            return .failure(error)
        } catch {
            // The connection takes no more calls, and nobody has seen the request.
            lost(chosen.id, chosen.link)
            ended(chosen, .unknown)
            return .unseen
        }
    }

    /// What a failure tells of the address: a server that has too much to do for one call may well take another.
    static func outcome(of error: RPCError) -> Roster.Outcome {
        switch error.code {
        case .unavailable: .failed
        case .cancelled, .deadlineExceeded: .unknown
        case .ok, .unknown, .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .resourceExhausted,
            .failedPrecondition, .aborted, .outOfRange, .unimplemented, .internal, .dataLoss, .unauthenticated:
            .answered
        }
    }
}
