import Crypto
public import Wire

/// Which roles there are, what each may call, and who has them.
///
/// It is written in lines of words; `#` begins a remark:
///
///     role         backend   huleedu.cj.v1.CJAssessment/*  huleedu.wire.v1.Health/Check
///     role         operator  *
///     role         anyone    huleedu.wire.v1.Health/*
///     token        portal    sha256:2c26b46b…  backend
///     certificate  portal.example.org  backend operator
///
/// The role `anyone` is everybody's, those included who have proved nothing. Tokens are not written down, but what SHA-256 makes of them.
public struct AccessTable: Sendable, Hashable, AccessControl {
    /// What a role may call: a method, all of a service, or everything.
    enum Pattern: Sendable, Hashable {
        case everything
        case service(String)
        case method(MethodDescriptor)
    }

    /// The role of everybody.
    static let anyone = "anyone"

    var patterns: [String: Set<Pattern>] = [:]
    /// Names of tokens' owners, by what SHA-256 makes of the token, in lower-case hexadecimal.
    var tokenNames: [String: String] = [:]
    var tokenRoles: [String: [String]] = [:]
    var certificateRoles: [String: [String]] = [:]

    public func owner(ofToken token: String) -> String? { tokenNames[Self.digest(of: token)] }

    public func allows(_ method: MethodDescriptor, to peer: PeerIdentity) -> Bool {
        let roles =
            [Self.anyone] + (peer.tokenName.flatMap { tokenRoles[$0] } ?? [])
            + peer.certificateNames.flatMap { certificateRoles[$0] ?? [] }
        return roles.contains { role in
            guard let patterns = patterns[role] else { return false }
            return patterns.contains(.everything) || patterns.contains(.service(method.service))
                || patterns.contains(.method(method))
        }
    }

    /// A token that nobody has: 256 bits of chance, in hexadecimal.
    public static func newToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return hexadecimal((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// How much there is of everything, for a person.
    public var summary: String {
        "\(patterns.count) roles, \(tokenNames.count) tokens, \(certificateRoles.count) names of certificates"
    }

    /// What stands for a token in the table, without its `sha256:`.
    public static func digest(of token: String) -> String {
        hexadecimal(Array(SHA256.hash(data: Array(token.utf8))))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
