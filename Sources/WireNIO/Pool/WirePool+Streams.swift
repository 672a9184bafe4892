public import Wire

extension WirePool {
    /// Begins a stream at an address that is ready, once there is one. It stays there, and is not begun again.
    public func open(
        _ method: MethodDescriptor, _ kind: StreamKind, payload: [UInt8]?, options: CallOptions
    ) async throws -> StreamingCall {
        try configuration.client.check(payload ?? [])
        let begin = options.deadline ?? .after(configuration.client.defaultTimeout)
        while true {
            let chosen = try await choose(avoiding: [], by: begin, waits: options.waitsForReady)
            do {
                return try await chosen.client.open(method, kind, payload: payload, options: options, over: chosen.link) {
                    error in
                    self.ended(chosen, error.map(Self.outcome) ?? .answered)
                }
            } catch is ClientHandler.Unseen {
                // Nobody has seen the request.
                lost(chosen.id, chosen.link)
                ended(chosen, .unknown)
            }
        }
    }
}
