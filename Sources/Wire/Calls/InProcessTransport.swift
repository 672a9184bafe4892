/// Calls services in the same process, as if over a connection: requests and answers are bytes, and only what would travel arrives.
///
/// A handler that does not heed cancellation holds its caller up beyond the deadline; over TCP it would not.
public struct InProcessTransport: ClientTransport {
    let router: Router
    public let defaultTimeout: Duration
    let defaultStreamTimeout: Duration

    /// - Parameters:
    ///   - services: each with a name of its own.
    ///   - interceptors: which calls pass in this order before their handlers.
    ///   - defaultTimeout: what a unary call gets whose caller gave no deadline.
    ///   - defaultStreamTimeout: what a stream gets whose caller gave none.
    ///   - report: told of errors that callers learn nothing about.
    public init(
        _ services: [any RPCService], interceptors: [any ServerInterceptor] = [], defaultTimeout: Duration = .seconds(30),
        defaultStreamTimeout: Duration = .seconds(600),
        report: @escaping @Sendable (any Error, ServerContext) -> Void = { _, _ in }
    ) {
        router = Router(services, interceptors: interceptors, report: report)
        self.defaultTimeout = defaultTimeout
        self.defaultStreamTimeout = defaultStreamTimeout
    }

    public func call(_ method: MethodDescriptor, payload: [UInt8], options: CallOptions) async throws -> [UInt8] {
        let deadline = options.deadline ?? .after(defaultTimeout)
        let context = ServerContext(
            method: method, metadata: options.metadata, deadline: deadline, peer: "in process", isFromThisMachine: true)
        guard !Task.isCancelled else { throw RPCError(.cancelled, "the caller gave up") }
        guard !deadline.hasPassed else { throw RPCError(.deadlineExceeded, "no answer came in time") }
        let answer = await withTaskGroup(of: ResponseEnvelope.self) { group in
            group.addTask { await router.answer(payload, by: router.route(of: method), context: context) }
            group.addTask {
                do {
                    try await Task.sleep(until: deadline.instant, clock: .continuous)
                    return .failure(RPCError(.deadlineExceeded, "no answer came in time"))
                } catch {
                    return .failure(RPCError(.cancelled, "the caller gave up"))
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(RPCError(.internal, "a call without an end"))
        }
        switch answer {
        case .success(let payload): return payload
        case .failure(let error): throw error.asTravelled
        }
    }
}
