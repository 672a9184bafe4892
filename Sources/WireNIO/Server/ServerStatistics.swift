public import Wire

/// What a server has done since it was made, and what it is doing.
public struct ServerStatistics: Sendable {
    /// Calls of one method, of those whose handlers were begun.
    public struct Method: Sendable {
        /// Ended or running.
        public package(set) var calls = 0
        public package(set) var running = 0
        /// How calls ended, as their callers saw it; `CANCELLED` where the caller had gone.
        public package(set) var statuses: [StatusCode: Int] = [:]
        /// Bytes of payloads, of calls that have ended.
        public package(set) var receivedBytes = 0
        public package(set) var sentBytes = 0
        /// Of calls that have ended, from the start of their handler to its end.
        package var latencies = LatencyHistogram()

        /// A latency in nanoseconds that so many per cent do not exceed, to within three per cent; zero where no call has ended.
        public func latency(percentile: Int) -> UInt64 { latencies.quantile(percentile) }

        /// In nanoseconds.
        public var longestLatency: UInt64 { latencies.longest }
    }

    public internal(set) var uptime: Duration = .zero
    /// Open at this moment.
    public internal(set) var connections = 0
    public internal(set) var acceptedConnections = 0
    /// Closed as soon as they came, because there were too many, or because the server is shutting down.
    public internal(set) var refusedConnections = 0
    /// Handlers that have not ended.
    public internal(set) var runningHandlers = 0
    /// Bytes of requests that are being received or handled.
    public internal(set) var heldRequestBytes = 0
    /// Those that have been called.
    public internal(set) var methods: [MethodDescriptor: Method] = [:]
}
