import ArgumentParser
import Logging
import ServiceKit
import Wire
import WireNIO
import WireTLS

/// Who may call the services, and how connections to them are kept from others.
struct ProtectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who may call what, as 'huleedu access --help' tells. Without it everybody may, and only from this machine.",
            valueName: "file"),
        completion: .file())
    var access: String?

    @Option(
        help: ArgumentHelp(
            "Take TLS connections only, and show this certificate (PEM, with those up to its authority).", valueName: "file"),
        completion: .file())
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The private key of the certificate (PEM).", valueName: "file"), completion: .file())
    var tlsKey: String?

    @Option(
        help: ArgumentHelp("Take only clients that show a certificate of these authorities (PEM).", valueName: "file"),
        completion: .file())
    var tlsClientAuthorities: String?

    @Flag(help: "Serve other machines though nobody is asked who they are.")
    var openToAll = false

    func validate() throws {
        guard !openToAll || access == nil else { throw ValidationError("--open-to-all and --access contradict each other.") }
        guard tlsCertificate != nil || (tlsKey == nil && tlsClientAuthorities == nil) else {
            throw ValidationError("--tls-key and --tls-client-authorities need --tls-certificate.")
        }
        guard tlsCertificate == nil || tlsKey != nil else { throw ValidationError("--tls-certificate needs --tls-key.") }
    }

    /// What the options say, with their files read.
    func protection(logger: Logger) throws -> Protection {
        let files = TLSFiles(certificate: tlsCertificate, key: tlsKey, authorities: tlsClientAuthorities)
        return Protection(
            security: tlsCertificate == nil ? nil : try ServerTLS(files: files, logger: logger),
            access: try access.map { try AccessFile(path: $0, logger: logger) }, isOpenToAll: openToAll)
    }
}

/// How the servers of a process are protected.
struct Protection: Sendable {
    var security: (any ConnectionSecurity)?
    var access: (any AccessControl)?
    var isOpenToAll = false
}
