public import Logging
public import NIOCore
import NIOSSL
public import WireNIO

/// TLS at a client's end.
///
/// A server must show a certificate of one of the authorities that holds the name by which it is looked for. The files are read again
/// when they have changed.
public final class ClientTLS: ConnectionSecurity {
    private let context: Reloaded<NIOSSLContext>
    private let serverName: String?
    private let handshakeTimeout: Duration

    /// - Parameters:
    ///   - files: authorities, or none for those of the system; a certificate with its key where servers ask for one.
    ///   - serverName: the name that the certificate must hold, where it is not the one by which the server is looked for.
    /// - Throws: ``TLSError`` with the file that is missing or no good.
    public init(
        files: TLSFiles, serverName: String? = nil, handshakeTimeout: Duration = .seconds(10), logger: Logger
    ) throws {
        self.serverName = serverName
        self.handshakeTimeout = handshakeTimeout
        context = try Reloaded(files.paths, logger: logger) { try Self.context(files) }
    }

    private static func context(_ files: TLSFiles) throws(TLSError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let chain = try files.chain() { configuration.certificateChain = chain }
        if let key = try files.privateKey() { configuration.privateKey = key }
        if let authorities = try files.trustRoots() { configuration.trustRoots = authorities }
        configuration.minimumTLSVersion = .tlsv12
        // How long the other end may take to agree that the connection is over.
        configuration.shutdownTimeout = .seconds(1)
        configuration.applicationProtocols = [Handshake.applicationProtocol]
        return try files.context(configuration)
    }

    public func secure(_ channel: any Channel, server: String?) throws {
        let name = serverName ?? server
        // The protocol has no room for addresses among names; NIO compares an address with the one that the connection has.
        let isAddress = name.flatMap { try? SocketAddress(ipAddress: $0, port: 0) } != nil
        let handler = try NIOSSLClientHandler(context: context.current, serverHostname: isAddress ? nil : name)
        try channel.pipeline.syncOperations.addHandlers(handler, Handshake(timeout: handshakeTimeout) {})
    }
}
