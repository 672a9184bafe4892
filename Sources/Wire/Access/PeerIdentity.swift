/// Who the other end of a connection has proved to be.
public struct PeerIdentity: Sendable, Hashable {
    /// The names in its certificate, which an authority of this server's choice has signed; none without a certificate.
    public var certificateNames: [String]
    /// What the owner of the bearer token is called that came over the connection; nil without one.
    public var tokenName: String?

    public init(certificateNames: [String] = [], tokenName: String? = nil) {
        self.certificateNames = certificateNames
        self.tokenName = tokenName
    }

    /// A peer that has proved nothing.
    public static let unknown = PeerIdentity()

    /// Whether it has proved nothing.
    public var isUnknown: Bool { certificateNames.isEmpty && tokenName == nil }
}

extension PeerIdentity: CustomStringConvertible {
    public var description: String {
        let names = ([tokenName].compactMap { $0 } + certificateNames).map(\.echoed)
        return names.isEmpty ? "unknown" : names.joined(separator: ", ")
    }
}
