/// The files from which one end of a TLS connection is made, all of them PEM.
public struct TLSFiles: Sendable, Hashable {
    /// The certificate that this end shows, followed by those between it and its authority.
    public var certificate: String?
    /// The private key that goes with it.
    public var key: String?
    /// Authorities whose certificates are taken from the other end.
    public var authorities: String?

    public init(certificate: String? = nil, key: String? = nil, authorities: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.authorities = authorities
    }

    var paths: [String] { [certificate, key, authorities].compactMap { $0 } }
}
