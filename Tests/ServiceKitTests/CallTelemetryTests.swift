import CoreMetrics
import Logging
import ServiceKit
import Synchronization
import Testing
import Tracing
import Watching
import Wire

/// Answers with what it is sent, or fails where that is 13; its stream sends it twice.
private struct Echoing: RPCService {
    let name = "test.Echoing"
    let methods = ["Run"]
    let streams: [String: StreamKind] = ["Twice": .serverStreaming]
    var further: (any ClientTransport)?

    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        guard payload != [13] else { throw RPCError(.aborted, "no") }
        if let further { return try await further.call(context.method, payload: payload, options: CallOptions()) }
        return payload
    }

    func serve(
        method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
    ) async throws {
        for try await message in requests {
            for _ in 1...2 { try await responses.send(message) }
        }
    }
}

private let run = MethodDescriptor(service: "test.Echoing", method: "Run")
private let twice = MethodDescriptor(service: "test.Echoing", method: "Twice")
private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

@Suite("What is told of calls")
struct CallTelemetryTests {
    // MARK: - Metrics

    @Test("counts every call, message and time, on both sides")
    func metrics() async throws {
        let registry = MetricsRegistry(descriptions: CallMetrics.descriptions)
        let telemetry = Telemetry(metrics: registry)
        let transport = InProcessTransport(
            [Echoing()], interceptors: telemetry.serverInterceptors(logger: silent)
        ).intercepted(by: telemetry.clientInterceptors(logger: silent))
        for _ in 1...3 { _ = try await transport.call(run, payload: [1], options: .init()) }
        await #expect(throws: RPCError.self) { _ = try await transport.call(run, payload: [13], options: .init()) }
        let stream = try await transport.open(twice, .serverStreaming, payload: [1], options: .init())
        for try await _ in stream.responses {}

        let text = Metrics([], registry: registry).text
        for side in ["server", "client"] {
            let labels = #"service="test.Echoing",method="Run""#
            let streams = #"service="test.Echoing",method="Twice""#
            for line in [
                #"rpc_\#(side)_calls_total{\#(labels),code="OK"} 3"#, #"rpc_\#(side)_calls_total{\#(labels),code="ABORTED"} 1"#,
                #"rpc_\#(side)_calls_total{\#(streams),code="OK"} 1"#,
                #"rpc_\#(side)_messages_total{\#(labels),direction="request"} 4"#,
                #"rpc_\#(side)_messages_total{\#(labels),direction="response"} 3"#,
                #"rpc_\#(side)_messages_total{\#(streams),direction="request"} 1"#,
                #"rpc_\#(side)_messages_total{\#(streams),direction="response"} 2"#,
                #"rpc_\#(side)_call_duration_seconds_count{\#(labels)} 4"#,
                #"rpc_\#(side)_call_duration_seconds_count{\#(streams)} 1"#,
            ] {
                #expect(text.contains(line + "\n"), "\(line) in \(text)")
            }
        }
        #expect(Set(registry.families.map(\.name)) == Set(CallMetrics.descriptions.keys))
        for (name, help) in CallMetrics.descriptions { #expect(text.contains("# HELP \(name) \(help)\n")) }
    }

    @Test("tells so many methods apart and no more")
    func methods() async throws {
        let registry = MetricsRegistry()
        let transport = InProcessTransport([]).intercepted(by: [CallMetrics(registry)])
        for number in 0..<CallMetrics.maximumMethods + 2 {
            let method = MethodDescriptor(service: "test.Many", method: "M\(number)")
            await #expect(throws: RPCError.self) { _ = try await transport.call(method, payload: [], options: .init()) }
        }
        let text = Metrics([], registry: registry).text
        let code = #"code="UNIMPLEMENTED""#
        #expect(text.contains(#"{service="test.Many",method="M\#(CallMetrics.maximumMethods - 1)",\#(code)} 1"#))
        #expect(!text.contains(#"method="M\#(CallMetrics.maximumMethods)""#))
        #expect(text.contains(#"{service="other",method="other",\#(code)} 2"#))
    }

    @Test("has gauges and distributions of what others record, and counters that only grow")
    func registry() {
        let registry = MetricsRegistry(descriptions: ["depth": "How deep."])
        let depth = registry.makeRecorder(label: "depth", dimensions: [("at", "a")], aggregate: false)
        depth.record(3.5)
        depth.record(2 as Int64)
        let sizes = registry.makeRecorder(label: "sizes", dimensions: [], aggregate: true)
        for size in [0, 1, 2, 1_000_001] as [Int64] { sizes.record(size) }
        let counter = registry.makeCounter(label: "count", dimensions: [])
        counter.increment(by: 2)
        counter.increment(by: -1)
        counter.reset()
        let text = Metrics([], registry: registry).text
        #expect(text.contains("# HELP depth How deep.\n# TYPE depth gauge\ndepth{at=\"a\"} 2.0\n"))
        for line in [#"sizes_bucket{le="0.0"} 1"#, #"sizes_bucket{le="1.0"} 2"#, #"sizes_bucket{le="+Inf"} 4"#, "count 2"] {
            #expect(text.contains(line + "\n"), "\(text)")
        }
    }

    // MARK: - Traces

    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    /// Spans in the order of their ends.
    private func spans(of body: (Telemetry) async throws -> Void) async throws -> [TraceSpan] {
        let ended = Watched<[TraceSpan]>([])
        try await body(
            Telemetry(
                metrics: NOOPMetricsHandler.instance, tracer: TraceContextTracer { span in ended.change { $0.append(span) } }))
        return ended.withValue { $0 }
    }

    @Test("follows a trace from the caller's own, over two services, each span the child of the one before")
    func trace() async throws {
        let spans = try await spans { telemetry in
            let client = telemetry.clientInterceptors(logger: silent)
            let server = telemetry.serverInterceptors(logger: silent)
            let far = InProcessTransport([Echoing()], interceptors: server).intercepted(by: client)
            let near = InProcessTransport([Echoing(further: far)], interceptors: server).intercepted(by: client)
            let metadata = Metadata([(TraceContext.key, Self.parent)])
            _ = try await near.call(run, payload: [1], options: CallOptions(metadata: metadata))
        }
        let path = Array(spans.reversed())
        #expect(path.map(\.kind) == [.client, .server, .client, .server])
        #expect(Set(path.map(\.trace.traceID)) == ["0af7651916cd43dd8448eb211c80319c"])
        #expect(path.allSatisfy { $0.trace.isSampled && $0.operationName == "test.Echoing/Run" })
        #expect(path.map { $0.parent?.spanID } == ["b7ad6b7169203331"] + path.dropLast().map(\.trace.spanID))
        #expect(path.allSatisfy { $0.status == nil && $0.duration != nil && !$0.isRecording })
    }

    @Test("begins a trace where there is none, says that a call failed, and ends a stream's span with the stream")
    func failures() async throws {
        let spans = try await spans { telemetry in
            let transport = InProcessTransport([Echoing()]).intercepted(by: telemetry.clientInterceptors(logger: silent))
            let nonsense = CallOptions(metadata: Metadata([(TraceContext.key, "00-zero")]))
            await #expect(throws: RPCError.self) { _ = try await transport.call(run, payload: [13], options: nonsense) }
            do { _ = try await transport.open(twice, .serverStreaming, payload: [1], options: .init()) }
        }
        #expect(spans.map(\.operationName) == ["test.Echoing/Run", "test.Echoing/Twice"])
        #expect(spans.allSatisfy { $0.parent == nil && $0.status?.code == .error })
        #expect(Set(spans.map(\.trace.traceID)).count == 2)
        #expect(spans.map { $0.attributes.get("rpc.status") } == [SpanAttribute.string("ABORTED"), .string("CANCELLED")])
    }

    @Test("keeps of a span's events and links so many, and its first end")
    func notes() throws {
        let ends = Mutex(0)
        let span = TraceContextTracer { _ in ends.withLock { $0 += 1 } }.startSpan("work", context: .topLevel)
        for _ in 0...TraceSpan.maximumNotes {
            span.addEvent("event")
            span.addLink(SpanLink(context: .topLevel, attributes: [:]))
        }
        span.end()
        let duration = try #require(span.duration)
        span.end()
        #expect(span.events.count == TraceSpan.maximumNotes && span.links.count == TraceSpan.maximumNotes)
        #expect(span.duration == duration && ends.withLock { $0 } == 1)
    }

    // MARK: - Logs

    @Test("logs each call at its end with its method, its code and its trace, and nothing where debug is not logged")
    func log() async throws {
        for level in [Logger.Level.debug, .info] {
            let log = LogLines()
            var logger = Logger(label: "test") { _ in log }
            logger.logLevel = level
            let transport = InProcessTransport([Echoing()], interceptors: [CallLog(logger)]).intercepted(by: [CallLog(logger)])
            let options = CallOptions(metadata: Metadata([(TraceContext.key, Self.parent), ("secret", "of-metadata")]))
            _ = try await transport.call(run, payload: Array("an essay".utf8), options: options)
            await #expect(throws: RPCError.self) { _ = try await transport.call(run, payload: [13], options: options) }
            let lines = log.lines.withValue { $0 }
            guard level == .debug else {
                #expect(lines.isEmpty)
                continue
            }
            #expect(lines.map(\.event) == ["call answered", "call made", "call answered", "call made"])
            #expect(lines.map { $0.metadata["code"] } == ["OK", "OK", "ABORTED", "ABORTED"])
            #expect(lines.allSatisfy { $0.metadata["method"] == "test.Echoing/Run" && $0.metadata["milliseconds"] != nil })
            #expect(lines.allSatisfy { $0.metadata["trace"] == "0af7651916cd43dd8448eb211c80319c" })
            #expect(lines.map { $0.metadata["peer"] } == ["in process", nil, "in process", nil])
            #expect(!"\(lines)".contains("essay") && !"\(lines)".contains("of-metadata"))
        }
    }
}

/// Keeps what is logged.
private struct LogLines: LogHandler {
    let lines = Watched<[(event: String, metadata: Logger.Metadata)]>([])
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.change { $0.append(("\(event.message)", event.metadata ?? [:])) }
    }
}
