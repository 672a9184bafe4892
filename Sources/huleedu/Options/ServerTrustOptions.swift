import ArgumentParser
import FoundationEssentials
import Logging
import WireNIO
import WireTLS

/// How another service is known to be the one that it should be, and what it is told of us.
struct ServerTrustOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Reach llm-provider over TLS, and take a certificate of these authorities (PEM). The --tls-certificate is shown to it.",
            valueName: "file"),
        completion: .file())
    var llmProviderAuthorities: String?

    @Option(help: ArgumentHelp("The bearer token to send to llm-provider.", valueName: "file"), completion: .file())
    var llmProviderToken: String?

    /// What the options say, with their files read.
    func trust(_ own: ProtectionOptions, logger: Logger) throws -> ServerTrust {
        let security = try llmProviderAuthorities.map { authorities in
            try ClientTLS(
                files: TLSFiles(certificate: own.tlsCertificate, key: own.tlsKey, authorities: authorities), logger: logger)
        }
        guard let llmProviderToken else { return ServerTrust(security: security) }
        let token = try Reloaded([llmProviderToken], logger: logger) { try Self.token(llmProviderToken) }
        return ServerTrust(security: security, token: { token.current })
    }

    private static func token(_ path: String) throws(CommandError) -> String {
        // Whatever the reason is, the person can only look at the file.
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw CommandError(.textUnreadable, "--llm-provider-token \(path): expected a file that can be read.")
        }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 1 else {
            throw CommandError(.textUnusable, "--llm-provider-token \(path): expected one word.")
        }
        return String(words[0])
    }
}

/// How another service is called.
struct ServerTrust: Sendable {
    var security: (any ConnectionSecurity)?
    var token: (@Sendable () -> String)?
}
