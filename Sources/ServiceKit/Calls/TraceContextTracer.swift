import Synchronization
public import Tracing
public import Wire

/// Has traces go from process to process as W3C's Trace Context has it, and tells the spans of this one.
public struct TraceContextTracer: Tracer {
    private let ended: @Sendable (TraceSpan) -> Void

    /// - Parameter ended: told each span once, at its end.
    public init(ended: @escaping @Sendable (TraceSpan) -> Void = { _ in }) {
        self.ended = ended
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> TraceSpan {
        TraceSpan(operationName, in: context(), kind: kind, begun: instant().nanosecondsSinceEpoch, ended: ended)
    }

    public func forceFlush() {}

    /// A trace that makes no sense is none.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let trace = extractor.extract(key: TraceContext.key, from: carrier).flatMap(TraceContext.init) else { return }
        context.trace = trace
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: TraceContext.key, into: &carrier)
    }
}

/// What one process did for a while, as part of a trace.
public final class TraceSpan: Span {
    private struct State {
        var operationName: String
        var attributes: SpanAttributes = [:]
        var status: SpanStatus?
        var events: [SpanEvent] = []
        var links: [SpanLink] = []
        var end: UInt64?
    }

    /// Events and links that a span keeps each; later ones are dropped.
    public static let maximumNotes = 32

    public let context: ServiceContext
    public let kind: SpanKind
    /// Where in the trace it is.
    public let trace: TraceContext
    /// The span of which it is a part; nil where it begins its trace.
    public let parent: TraceContext?
    /// In nanoseconds since 1970.
    public let begun: UInt64
    private let told: @Sendable (TraceSpan) -> Void
    private let state: Mutex<State>

    init(
        _ operationName: String, in context: ServiceContext, kind: SpanKind, begun: UInt64,
        ended told: @escaping @Sendable (TraceSpan) -> Void
    ) {
        var generator = SystemRandomNumberGenerator()
        parent = context.trace
        trace = context.trace?.next(using: &generator) ?? TraceContext(using: &generator)
        var own = context
        own.trace = trace
        self.context = own
        self.kind = kind
        self.begun = begun
        self.told = told
        state = Mutex(State(operationName: operationName))
    }

    public var operationName: String {
        get { state.withLock { $0.operationName } }
        set { state.withLock { $0.operationName = newValue } }
    }

    public var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }

    public var status: SpanStatus? { state.withLock { $0.status } }
    public var events: [SpanEvent] { state.withLock { $0.events } }
    public var links: [SpanLink] { state.withLock { $0.links } }
    /// From its beginning to its end; nil before that.
    public var duration: Duration? {
        state.withLock { state in state.end.map { .nanoseconds(Int64(clamping: $0 - min($0, begun))) } }
    }

    public var isRecording: Bool { state.withLock { $0.end == nil } }

    public func setStatus(_ status: SpanStatus) {
        state.withLock { $0.status = status }
    }

    public func addEvent(_ event: SpanEvent) {
        state.withLock { state in
            if state.events.count < Self.maximumNotes { state.events.append(event) }
        }
    }

    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        // An error's own text may be anybody's.
        addEvent(SpanEvent(name: "\(type(of: error))", at: instant(), attributes: attributes))
    }

    public func addLink(_ link: SpanLink) {
        state.withLock { state in
            if state.links.count < Self.maximumNotes { state.links.append(link) }
        }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let now = instant().nanosecondsSinceEpoch
        let isFirst = state.withLock { state in
            guard state.end == nil else { return false }
            state.end = now
            return true
        }
        if isFirst { told(self) }
    }
}

extension ServiceContext {
    private enum TraceKey: ServiceContextKey {
        typealias Value = TraceContext
        static let nameOverride: String? = "trace"
    }

    /// Where in a trace what happens stands.
    public var trace: TraceContext? {
        get { self[TraceKey.self] }
        set { self[TraceKey.self] = newValue }
    }
}
