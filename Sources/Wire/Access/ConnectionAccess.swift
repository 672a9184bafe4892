/// Who a connection belongs to, and which requests on it are let through.
///
/// A bearer token travels in the metadata of a request, as `authorization: Bearer TOKEN`. The first that is known binds the connection: later
/// requests need not carry it, and none may carry another's. A token that is taken back unbinds it with the next request.
public struct ConnectionAccess: Sendable {
    /// The key of the metadata under which a token travels.
    public static let key = "authorization"

    private let control: any AccessControl
    /// Who the peer has proved to be so far.
    public private(set) var peer = PeerIdentity.unknown
    private var boundToken: String?

    public init(_ control: any AccessControl) {
        self.control = control
    }

    /// The peer has shown a certificate.
    public mutating func proved(certificateNames: [String]) {
        peer.certificateNames = certificateNames
    }

    /// Why a request is refused; nil when it may go to its handler. What is refused, no handler sees.
    public mutating func refusal(of request: RequestEnvelope) -> RPCError? {
        do throws(RPCError) {
            if let token = try Self.token(in: request.metadata) ?? boundToken { try bind(token) }
        } catch {
            return error
        }
        if control.allows(request.method, to: peer) { return nil }
        return peer.isUnknown
            ? RPCError(
                .unauthenticated,
                "this server asks who calls: \(Self.key) in the metadata holds no token, and there is no certificate",
                isRefused: true)
            : RPCError(.permissionDenied, "\(peer) may not call this method", isRefused: true)
    }

    private mutating func bind(_ token: String) throws(RPCError) {
        // Asked each time, for a token may have been taken back since.
        guard let owner = control.owner(ofToken: token) else {
            if token == boundToken { (boundToken, peer.tokenName) = (nil, nil) }
            throw RPCError(.unauthenticated, "\(Self.key): nobody has this token", isRefused: true)
        }
        guard peer.tokenName == nil || peer.tokenName == owner else {
            throw RPCError(.unauthenticated, "\(Self.key): the connection belongs to the owner of another token", isRefused: true)
        }
        boundToken = token
        peer.tokenName = owner
    }

    private static func token(in metadata: Metadata) throws(RPCError) -> String? {
        let values = metadata.values(for: key)
        guard let value = values.first else { return nil }
        let scheme = value.prefix(scheme.utf8.count)
        let token = value.dropFirst(scheme.count)
        guard values.count == 1, scheme.lowercased() == Self.scheme, !token.isEmpty, !token.contains(" ") else {
            throw RPCError(.unauthenticated, "\(key): expected one value, Bearer and a token", isRefused: true)
        }
        return String(token)
    }

    private static let scheme = "bearer "
}

extension Metadata {
    /// The same without bearer tokens, which are none of a handler's business.
    public var withoutToken: Metadata { removing(ConnectionAccess.key) }
}
