public import Logging
public import NIOCore
import NIOSSL
import Synchronization
public import WireNIO

/// TLS at a server's end.
///
/// The files are read again when they have changed, so that a certificate is renewed without a restart; connections that are there keep
/// the one with which they began. TLS 1.2 and later, and the protocol's name is `ttrpc/1`.
public final class ServerTLS: ConnectionSecurity {
    /// What a server puts up with.
    public struct Limits: Sendable, Hashable {
        /// How long a peer may take until both ends agree.
        public var handshakeTimeout: Duration = .seconds(10)
        /// Connections at once whose ends do not agree yet.
        public var handshakes = 256

        public init() {}
    }

    private let context: Reloaded<NIOSSLContext>
    private let limits: Limits
    private let handshakes = Mutex(0)

    /// - Parameter files: a certificate with its key. With authorities, clients must show a certificate of theirs.
    /// - Throws: ``TLSError`` with the file that is missing or no good.
    public init(files: TLSFiles, limits: Limits = Limits(), logger: Logger) throws {
        guard files.certificate != nil else {
            throw TLSError(file: .certificate, path: nil, expectation: "expected the server's, in PEM")
        }
        self.limits = limits
        context = try Reloaded(files.paths, logger: logger) { try Self.context(files) }
    }

    private static func context(_ files: TLSFiles) throws(TLSError) -> NIOSSLContext {
        guard let chain = try files.chain(), let key = try files.privateKey() else {
            throw TLSError(file: .certificate, path: files.certificate, expectation: "expected the server's, with its key")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        if let authorities = try files.trustRoots() {
            configuration.trustRoots = authorities
            configuration.certificateVerification = .noHostnameVerification
        }
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = [Handshake.applicationProtocol]
        return try files.context(configuration)
    }

    public func secure(_ channel: any Channel, server: String?) throws {
        let isAdmitted = handshakes.withLock { count in
            guard count < limits.handshakes else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw ConnectionSecurityError("too many connections are being made secure") }
        let handshake = Handshake(timeout: limits.handshakeTimeout) { self.handshakes.withLock { $0 -= 1 } }
        try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: context.current), handshake)
    }
}
