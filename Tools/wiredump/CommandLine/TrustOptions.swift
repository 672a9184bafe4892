import ArgumentParser
import Foundation
import Logging
import WireNIO
import WireTLS

/// How a server is known to be the right one, and what it is told of who asks.
struct TrustOptions: ParsableArguments {
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

    @Option(help: ArgumentHelp("A file that holds the bearer token to send.", valueName: "file"), completion: .file())
    var token: String?

    func validate() throws {
        let isSecure = tls || tlsAuthorities != nil
        guard isSecure || (tlsName == nil && tlsCertificate == nil && tlsKey == nil) else {
            throw ValidationError("--tls-name, --tls-certificate and --tls-key need --tls or --tls-authorities.")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
    }

    /// What makes connections secure; nil for plain TCP.
    func security(_ logger: Logger) throws -> (any ConnectionSecurity)? {
        guard tls || tlsAuthorities != nil else { return nil }
        do {
            return try ClientTLS(
                files: TLSFiles(certificate: tlsCertificate, key: tlsKey, authorities: tlsAuthorities), serverName: tlsName,
                logger: logger)
        } catch let error as TLSError {
            throw ValidationError("TLS: \(error).")
        }
    }

    /// Sees that a token goes over TLS, or not beyond this machine.
    func check(_ address: Address) throws {
        let isNear = address.host == "localhost" || address.host == "::1" || address.host.hasPrefix("127.")
        guard token == nil || isNear || tls || tlsAuthorities != nil else {
            throw ValidationError("--token: tokens go over TLS only, but for this machine; add --tls or --tls-authorities.")
        }
    }

    /// Tells what the file of the token holds; nil without one.
    func bearerToken() throws -> (@Sendable () -> String)? {
        guard let token else { return nil }
        let words = (try? String(contentsOf: URL(filePath: token), encoding: .utf8))?.split(whereSeparator: \.isWhitespace)
        guard let words, words.count == 1 else {
            throw ValidationError("--token: expected a file that holds one word; \(token) is none.")
        }
        let word = String(words[0])
        return { word }
    }
}
