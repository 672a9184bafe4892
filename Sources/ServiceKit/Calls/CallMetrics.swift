public import CoreMetrics
import Synchronization
public import Wire

/// Counts and measures calls: `rpc_server_…` those that are answered, `rpc_client_…` those that are made.
///
/// `…_calls_total` by service, method and code; `…_call_duration_seconds` and `…_messages_total` by service and method, the latter by
/// direction as well. Of more than ``maximumMethods`` methods a side, those that came last are one, ``CounterFamily/otherValue``.
public struct CallMetrics: ServerInterceptor, ClientInterceptor {
    /// Methods that are told apart, of those answered and of those made.
    public static let maximumMethods = 128
    /// What each metric tells, by its name.
    public static let descriptions = [
        "rpc_server_calls_total": "Calls answered, by how they ended: CANCELLED where the handler was told to stop.",
        "rpc_server_call_duration_seconds": "From the beginning of a call's handler to its end.",
        "rpc_server_messages_total": "Messages of calls answered, requests and responses.",
        "rpc_client_calls_total": "Calls made, by how they ended for their callers; several attempts at one are one.",
        "rpc_client_call_duration_seconds": "From the beginning of a call to its end for its caller.",
        "rpc_client_messages_total": "Messages of calls made, requests and responses.",
    ]

    private let server: CallInstruments
    private let client: CallInstruments

    /// - Parameter factory: where the metrics are told.
    public init(_ factory: any MetricsFactory) {
        server = CallInstruments("rpc_server", factory)
        client = CallInstruments("rpc_client", factory)
    }

    public func intercept<Answer: Sendable>(
        _ call: ServerCall, next: (ServerCall) async throws -> Answer
    ) async throws -> Answer {
        let method = server.method(call.method)
        let begun = ContinuousClock.now
        var call = call
        call.observe { direction, _ in method.passed(direction) }
        do {
            let answer = try await next(call)
            method.ended(.ok, after: begun.duration(to: .now))
            return answer
        } catch {
            method.ended(RPCError(ofHandler: error).code, after: begun.duration(to: .now))
            throw error
        }
    }

    public func intercept<Answer: Sendable>(
        _ call: ClientCall, next: (ClientCall) async throws -> Answer
    ) async throws -> Answer {
        let method = client.method(call.method)
        let begun = ContinuousClock.now
        var call = call
        call.observe { direction, _ in method.passed(direction) }
        call.onEnd { method.ended($0?.code ?? .ok, after: begun.duration(to: .now)) }
        return try await next(call)
    }
}

/// The instruments of one side's calls.
private final class CallInstruments: Sendable {
    private let prefix: String
    private let factory: any MetricsFactory
    private let methods = Mutex<[MethodDescriptor: MethodInstruments]>([:])

    init(_ prefix: String, _ factory: any MetricsFactory) {
        self.prefix = prefix
        self.factory = factory
    }

    func method(_ method: MethodDescriptor) -> MethodInstruments {
        methods.withLock { methods in
            if let known = methods[method] { return known }
            let isLast = methods.count >= CallMetrics.maximumMethods
            let other = MethodDescriptor(service: CounterFamily.otherValue, method: CounterFamily.otherValue)
            let told = isLast ? other : method
            if let known = methods[told] { return known }
            let made = MethodInstruments(prefix, told, factory)
            methods[told] = made
            return made
        }
    }
}

/// The instruments of one method.
private final class MethodInstruments: Sendable {
    private let prefix: String
    private let dimensions: [(String, String)]
    private let factory: any MetricsFactory
    private let duration: any TimerHandler
    private let requests: any CounterHandler
    private let responses: any CounterHandler
    private let codes = Mutex<[StatusCode: any CounterHandler]>([:])

    init(_ prefix: String, _ method: MethodDescriptor, _ factory: any MetricsFactory) {
        self.prefix = prefix
        self.factory = factory
        let dimensions = [("service", method.service), ("method", method.method)]
        self.dimensions = dimensions
        duration = factory.makeTimer(label: prefix + "_call_duration_seconds", dimensions: dimensions)
        func messages(_ direction: MessageDirection) -> any CounterHandler {
            factory.makeCounter(
                label: prefix + "_messages_total", dimensions: dimensions + [("direction", direction.rawValue)])
        }
        (requests, responses) = (messages(.request), messages(.response))
    }

    func passed(_ direction: MessageDirection) {
        switch direction {
        case .request: requests.increment(by: 1)
        case .response: responses.increment(by: 1)
        }
    }

    func ended(_ code: StatusCode, after time: Duration) {
        let counter = codes.withLock { codes in
            if let known = codes[code] { return known }
            let made = factory.makeCounter(label: prefix + "_calls_total", dimensions: dimensions + [("code", code.name)])
            codes[code] = made
            return made
        }
        counter.increment(by: 1)
        duration.recordNanoseconds(Int64(time / .nanoseconds(1)))
    }
}
