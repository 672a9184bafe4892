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
        /// Of these, from one address.
        public var handshakesPerAddress = 64

        public init() {}
    }

    private let context: Reloaded<NIOSSLContext>
    private let limits: Limits
    /// Handshakes under way, by address.
    private let handshakes = Mutex<[String: Int]>([:])

    /// - Parameters:
    ///   - files: a certificate with its key. With authorities, clients must show a certificate of theirs.
    ///   - interval: after which the files are looked at again.
    /// - Throws: ``TLSError`` with the file that is missing or no good.
    public init(
        files: TLSFiles, limits: Limits = Limits(), interval: Duration = .seconds(1), logger: Logger
    ) throws {
        guard files.certificate != nil else {
            throw TLSError(file: .certificate, path: nil, expectation: "expected the server's, in PEM")
        }
        self.limits = limits
        context = try Reloaded(files.paths, interval: interval, logger: logger) { try Self.context(files) }
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
        // How long the other end may take to agree that the connection is over.
        configuration.shutdownTimeout = .seconds(1)
        configuration.applicationProtocols = [Handshake.applicationProtocol]
        return try files.context(configuration)
    }

    public func secure(_ channel: any Channel, server: String?) throws {
        let address = channel.remoteAddress?.ipAddress ?? ""
        let isAdmitted = handshakes.withLock { handshakes in
            guard handshakes.values.reduce(0, +) < limits.handshakes,
                handshakes[address, default: 0] < limits.handshakesPerAddress
            else { return false }
            handshakes[address, default: 0] += 1
            return true
        }
        guard isAdmitted else { throw ConnectionSecurityError("too many connections are being made secure", isPassing: true) }
        let handshake = Handshake(timeout: limits.handshakeTimeout) {
            self.handshakes.withLock { handshakes in
                let left = handshakes[address, default: 1] - 1
                handshakes[address] = left > 0 ? left : nil
            }
        }
        try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: context.current), handshake)
    }
}
