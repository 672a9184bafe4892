import ArgumentParser
import Foundation

/// How a server is known to be the right one, and what it is told of who asks.
struct TrustOptions: ParsableArguments {
    @OptionGroup
    var tls: TLSOptions

    @Option(help: ArgumentHelp("A file that holds the bearer token to send.", valueName: "file"), completion: .file())
    var token: String?

    /// Sees that a token goes over TLS, or not beyond this machine.
    func check(_ address: Address) throws {
        guard token == nil || address.isNear || tls.isSecure else {
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
