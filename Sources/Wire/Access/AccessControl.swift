/// Decides who may call what on a server.
public protocol AccessControl: Sendable {
    /// What the owner of a bearer token is called; nil for a token that nobody has.
    func owner(ofToken token: String) -> String?

    /// Whether a peer may call a method.
    func allows(_ method: MethodDescriptor, to peer: PeerIdentity) -> Bool
}
