public import NIOCore

/// Makes a TCP connection secure before frames go over it, at either end. `WireTLS` has the ways there are.
public protocol ConnectionSecurity: Sendable {
    /// Puts what it needs into the pipeline of a connection that has just been made, on the connection's event loop, before there are
    /// handlers that deal in frames. They are told ``ConnectionSecured`` once both ends agree; what fails reaches them as
    /// ``ConnectionSecurityError``, and the connection is closed.
    ///
    /// - Parameter server: the name by which the server was looked for; nil at a server's end.
    func secure(_ channel: any Channel, server: String?) throws
}

/// Both ends of a connection agree that it is secure.
public struct ConnectionSecured: Sendable {
    /// The names in the peer's certificate, which has been checked; none where it showed none.
    public let certificateNames: [String]

    public init(certificateNames: [String]) {
        self.certificateNames = certificateNames
    }
}

/// Why a connection could not be made secure.
public struct ConnectionSecurityError: Error, Sendable, CustomStringConvertible {
    /// One sentence, without secrets.
    public let reason: String
    /// Whether another attempt may go better: nothing was found wrong with either end.
    public let isPassing: Bool
    /// What led to this, where it was an error.
    public let cause: (any Error)?

    public init(_ reason: String, isPassing: Bool = false, cause: (any Error)? = nil) {
        self.reason = reason
        self.isPassing = isPassing
        self.cause = cause
    }

    public var description: String { reason }
}
