public import CoreMetrics
public import Logging
public import Tracing
public import Wire

/// What is told of the calls that a process answers and makes, and the interceptors that do it.
public struct Telemetry: Sendable {
    private let metrics: CallMetrics
    private let tracer: any Tracer

    /// - Parameters:
    ///   - metrics: where calls are counted and measured (``CallMetrics``).
    ///   - tracer: whom the spans of calls are told.
    public init(metrics: any MetricsFactory, tracer: any Tracer = TraceContextTracer()) {
        self.metrics = CallMetrics(metrics)
        self.tracer = tracer
    }

    /// What every call to a service passes: its span is begun, it is logged and counted, and its deadline holds for calls made for it.
    public func serverInterceptors(logger: Logger) -> [any ServerInterceptor] {
        [CallTracing(tracer), CallLog(logger), metrics, DeadlinePropagation()]
    }

    /// What every call of a service to another passes: it lasts no longer than the call that it is made for, its span is begun and told the other,
    /// it is logged and counted.
    public func clientInterceptors(logger: Logger) -> [any ClientInterceptor] {
        [DeadlinePropagation(), CallTracing(tracer), CallLog(logger), metrics]
    }
}
