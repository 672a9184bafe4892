public import NIOCore

extension ChaosProxy {
    /// What is put into the pipeline of each connection before bytes pass, at the proxy's two ends of it; TLS for one.
    ///
    /// Faults and taps deal with what passes behind it. What it throws ends the connection.
    public struct Preparation: Sendable {
        public typealias Step = @Sendable (any Channel) throws -> Void

        /// At the end towards the client.
        public var client: Step?
        /// At the end towards the server.
        public var server: Step?

        public init(client: Step? = nil, server: Step? = nil) {
            self.client = client
            self.server = server
        }
    }
}
