import ArgumentParser
import ChaosProxy
import Logging
import NIOCore
import WireNIO
import WireTLS

/// The certificate that a proxy shows to clients, and whose it asks of them.
struct ListenerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take connections over TLS only, and show this certificate to clients (PEM).", valueName: "file"), completion: .file()
    )
    var listenCertificate: String?

    @Option(help: ArgumentHelp("The private key of that certificate (PEM).", valueName: "file"), completion: .file())
    var listenKey: String?

    @Option(
        help: ArgumentHelp("Take only clients with a certificate of these authorities (PEM).", valueName: "file"),
        completion: .file())
    var listenAuthorities: String?

    func validate() throws {
        guard (listenCertificate == nil) == (listenKey == nil) else {
            throw ValidationError("--listen-certificate and --listen-key go together.")
        }
        guard listenAuthorities == nil || listenCertificate != nil else {
            throw ValidationError("--listen-authorities: expected --listen-certificate with it.")
        }
    }

    /// What makes clients' connections secure; nil for plain TCP.
    func security(_ logger: Logger) throws -> (any ConnectionSecurity)? {
        guard listenCertificate != nil else { return nil }
        do {
            return try ServerTLS(
                files: TLSFiles(certificate: listenCertificate, key: listenKey, authorities: listenAuthorities), logger: logger)
        } catch let error as TLSError {
            throw ValidationError("--listen: TLS: \(error).")
        }
    }
}

extension ChaosProxy.Preparation {
    /// Makes a proxy's connections secure, and tells on standard error why one could not be.
    ///
    /// - Parameters:
    ///   - name: by which the server is looked for.
    init(client: (any ConnectionSecurity)?, server: (any ConnectionSecurity)?, name: String?) {
        self.init(
            client: client.map { Self.step($0, end: "a client", name: nil) },
            server: server.map { Self.step($0, end: "the server", name: name) })
    }

    private static func step(_ security: any ConnectionSecurity, end: String, name: String?) -> Step {
        { channel in
            do {
                try security.secure(channel, server: name)
                try channel.pipeline.syncOperations.addHandler(InsecureEnd(end))
            } catch {
                Output.complain("\(end): \(error)")
                throw error
            }
        }
    }
}

/// Tells why the end of a connection could not be made secure; the handler behind it closes it.
private final class InsecureEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let end: String

    init(_ end: String) {
        self.end = end
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? ConnectionSecurityError { Output.complain("\(end): \(error)") }
        context.fireErrorCaught(error)
    }
}
