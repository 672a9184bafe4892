/// Sends HTTP requests through libcurl.
///
/// One client has one thread, one set of connections and one DNS cache; make one per provider and keep it. Whoever makes it calls
/// ``shutdown()`` when done. A client that is dropped ends its transfers and its thread too, without anybody waiting for it.
///
/// Guarantees: redirects are not followed; certificates and host names are verified; TLS is 1.2 or later; no proxy, user name or
/// cookie comes from the environment unless configured; nothing is sent twice unless the server can't have had all of it the first
/// time (see ``HTTPRequest/isIdempotent``).
public final class CurlClient: Sendable {
    private let configuration: Configuration
    let loop: TransferLoop

    /// Bytes that the body of a request may have; one with more fails with ``CurlError/Code/invalidRequest``.
    public var maxRequestBytes: Int { configuration.maxRequestBytes }

    /// Starts the client's thread. No connection is made before the first request.
    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        loop = TransferLoop(configuration: configuration)
    }

    deinit {
        loop.beginShutdown()
    }

    /// Sends a request and returns the complete answer, whatever its status.
    ///
    /// Cancelling the calling task ends the transfer: on HTTP/1.1 its connection is closed, on HTTP/2 its stream is reset. The
    /// server may act on the request all the same; ``CurlError/requestMayHaveBeenSent`` tells whether it can.
    public func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
        try await send(request, id: loop.makeID(), into: nil)
    }

    /// - Parameters:
    ///   - id: of the transfer, from the loop.
    ///   - body: where the body goes of an answer with status 200; nil where it is part of the answer as any other.
    func send(_ request: HTTPRequest, id: UInt64, into body: ArrivingBody?) async throws(CurlError) -> HTTPResponse {
        defer { body?.end() }
        try request.check(maxRequestBytes: configuration.maxRequestBytes)
        let submitted = ContinuousClock.now
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(
                    PendingTransfer(id: id, request: request, submitted: submitted, body: body, continuation: continuation))
                // A task that was cancelled before this point has asked for the end of a transfer that did not exist yet.
                if Task.isCancelled { loop.cancel(id) }
            }
        } onCancel: {
            loop.cancel(id)
        }
        return try outcome.get()
    }

    /// Ends all transfers with ``CurlError/Code/shutDown`` and returns once the thread has closed its connections.
    ///
    /// Later requests fail with the same code. Calling it again waits for the same end.
    public func shutdown() async {
        loop.beginShutdown()
        await loop.waitForEnd()
    }
}
