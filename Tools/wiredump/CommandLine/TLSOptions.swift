import ArgumentParser
import Logging
import WireNIO
import WireTLS

/// How connections to a server are made secure.
struct TLSOptions: ParsableArguments {
    @Flag(help: "Connect over TLS, and trust the authorities of this system.")
    var tls = false

    @Option(
        help: ArgumentHelp("Connect over TLS, and trust these authorities (PEM).", valueName: "file"), completion: .file())
    var tlsAuthorities: String?

    @Option(
        help: ArgumentHelp(
            "The name that the server's certificate must hold, where it is another than the host.", valueName: "name"))
    var tlsName: String?

    @Option(help: ArgumentHelp("The certificate to show to the server (PEM).", valueName: "file"), completion: .file())
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The private key of that certificate (PEM).", valueName: "file"), completion: .file())
    var tlsKey: String?

    /// Whether connections go over TLS.
    var isSecure: Bool { tls || tlsAuthorities != nil }

    func validate() throws {
        guard isSecure || (tlsName == nil && tlsCertificate == nil && tlsKey == nil) else {
            throw ValidationError("--tls-name, --tls-certificate and --tls-key need --tls or --tls-authorities.")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
    }

    /// What makes connections secure; nil for plain TCP.
    func security(_ logger: Logger) throws -> (any ConnectionSecurity)? {
        guard isSecure else { return nil }
        do {
            return try ClientTLS(
                files: TLSFiles(certificate: tlsCertificate, key: tlsKey, authorities: tlsAuthorities), serverName: tlsName,
                logger: logger)
        } catch let error as TLSError {
            throw ValidationError("TLS: \(error).")
        }
    }
}
