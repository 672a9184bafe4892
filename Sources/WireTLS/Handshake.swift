import NIOCore
import NIOSSL
import NIOTLS
import SwiftASN1
import WireNIO
import X509

/// Watches a handshake: ends one that takes too long, and tells the handlers behind it how it went and who the peer is.
final class Handshake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What both ends offer to speak.
    static let applicationProtocol = "ttrpc/1"

    private let timeout: TimeAmount
    private let ended: @Sendable () -> Void
    private var isUnderWay = true
    private var overdue: Scheduled<Void>?

    /// - Parameter ended: called once, when the handshake is over, however that was.
    init(timeout: Duration, ended: @escaping @Sendable () -> Void) {
        self.timeout = TimeAmount(timeout)
        self.ended = ended
    }

    func handlerAdded(context: ChannelHandlerContext) {
        overdue = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            context.fireErrorCaught(ConnectionSecurityError("the TLS handshake took too long", isPassing: true))
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            end()
            context.fireUserInboundEventTriggered(ConnectionSecured(certificateNames: Self.peerNames(context)))
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end()
        // A peer that closes without a farewell has closed; the frames say whether something is missing.
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        context.fireErrorCaught(Self.named(error))
    }

    private func end() {
        guard isUnderWay else { return }
        isUnderWay = false
        overdue?.cancel()
        ended()
    }

    // MARK: - Who and why

    /// Names under which roles are given: those of hosts and the URIs in the peer's certificate, and its common name where it has neither.
    private static func peerNames(_ context: ChannelHandlerContext) -> [String] {
        guard let shown = try? context.pipeline.syncOperations.nioSSL_peerCertificate(),
            let bytes = try? shown.toDERBytes(), let certificate = try? Certificate(derEncoded: bytes)
        else {
            // Only certificates that were checked come this far, and those can be read.
            return []
        }
        // Names that cannot be read are none, and the common name does not stand in for them.
        guard let alternatives = try? certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames() else {
            return []
        }
        let names = alternatives.compactMap { name -> String? in
            switch name {
            case .dnsName(let name), .uniformResourceIdentifier(let name): name
            default: nil
            }
        }
        return names.isEmpty ? certificate.subject.commonNames : names
    }

    /// What failed, in words that may leave the process; the library's own are the cause.
    private static func named(_ error: any Error) -> any Error {
        guard error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError else { return error }
        // The library tells the reasons of BoringSSL in texts alone.
        let text = "\(error)"
        let isPassing = text.contains("EOF during handshake")
        let reason =
            if isPassing {
                "the peer closed the connection"
            } else if text.contains("ALERT") {
                "the peer refused, perhaps because it does not trust our certificate or wants one"
            } else if text.contains("CERTIFICATE_VERIFY_FAILED") {
                "the peer's certificate is not of an authority that is trusted, or its time is over"
            } else if error is NIOSSLExtraError || text.contains("unableToValidateCertificate") {
                "the peer's certificate is another name's"
            } else {
                "the peer speaks another protocol, or another version of it"
            }
        return ConnectionSecurityError("TLS failed: \(reason)", isPassing: isPassing, cause: error)
    }
}

extension DistinguishedName {
    fileprivate var commonNames: [String] {
        flatMap { $0 }.compactMap { $0.type == .RDNAttributeType.commonName ? String($0.value) : nil }
    }
}
