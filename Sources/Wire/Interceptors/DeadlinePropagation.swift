/// Has calls that are made for another call last no longer than that.
///
/// On a server it notes the deadline of the call that is served; on a client it gives a call that is made meanwhile at most what is left, whatever
/// its caller asks for. The deadline is known to the handler's task, and to all that it awaits and begins but for detached tasks: a task that is to
/// outlive the call and makes calls of its own is begun elsewhere.
public struct DeadlinePropagation: ServerInterceptor, ClientInterceptor {
    /// Until when the call that is served may take; nil outside of any.
    @TaskLocal public static var deadline: Deadline?

    public init() {}

    public func intercept<Answer: Sendable>(
        _ call: ServerCall, next: (ServerCall) async throws -> Answer
    ) async throws -> Answer {
        try await Self.$deadline.withValue(call.context.deadline) { try await next(call) }
    }

    public func intercept<Answer: Sendable>(
        _ call: ClientCall, next: (ClientCall) async throws -> Answer
    ) async throws -> Answer {
        guard let served = Self.deadline else { return try await next(call) }
        var call = call
        call.options.deadline = call.options.deadline.map { min($0, served) } ?? served
        return try await next(call)
    }
}
