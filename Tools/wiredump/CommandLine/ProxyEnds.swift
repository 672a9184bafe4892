import ArgumentParser
import ChaosProxy
import Logging
import WireDump

/// Between which ends a proxy stands, and how its connections with them are made secure.
struct ProxyEnds: ParsableArguments {
    @Option(help: ArgumentHelp("Where to listen; port 0 takes any that is free. (default: 127.0.0.1:0)", valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("The server: an address, or the path of a socket file.", valueName: "host:port|path"))
    var to: String?

    @OptionGroup(title: "Towards clients")
    var listener: ListenerOptions

    @OptionGroup(title: "Towards the server")
    var tls: TLSOptions

    func validate() throws {
        let address = try address
        guard let server = try server else {
            guard listen == nil else { throw ValidationError("--listen is a proxy's: expected --to with it.") }
            guard !tls.isSecure, listener.listenCertificate == nil else {
                throw ValidationError("TLS is a proxy's: expected --to with it.")
            }
            return
        }
        guard case .address = server, let to else {
            guard !tls.isSecure else { throw ValidationError("--to: expected HOST:PORT with TLS, and no socket file.") }
            return
        }
        guard !tls.isSecure || address.isNear || listener.listenCertificate != nil else {
            throw ValidationError(
                "--listen: beyond this machine what came over TLS goes over TLS only; add --listen-certificate and --listen-key.")
        }
        guard try listener.listenCertificate == nil || tls.isSecure || Address(to, "--to").isNear else {
            throw ValidationError(
                "--to: beyond this machine what came over TLS goes over TLS only; add --tls or --tls-authorities.")
        }
    }

    /// Begins to listen, and tells where on standard error.
    ///
    /// - Returns: the proxy, and what passes through it as packets.
    func start() async throws -> (proxy: ChaosProxy, tap: Tap, packets: AsyncStream<CapturedPacket>) {
        guard let server = try server else { throw ValidationError("--to: expected the server, as HOST:PORT.") }
        let address = try address
        let (tap, packets) = Tap.make()
        let proxy = try await ChaosProxy.start(
            host: address.host, port: address.port, to: server, preparation: try preparation(for: server),
            tell: { event in
                if event.kind == .unreachable { Output.complain("the server cannot be reached: \(event.detail ?? "")") }
            }, tap: { tap.see($0, $1) })
        Output.complain("listening at \(proxy.host):\(proxy.port)")
        return (proxy, tap, packets)
    }

    private func preparation(for server: ChaosProxy.Server) throws -> ChaosProxy.Preparation {
        let silent = Logger(label: "wiredump") { _ in SwiftLogNoOpLogHandler() }
        let name: String? = if case .address(let host, _) = server { host } else { nil }
        return ChaosProxy.Preparation(client: try listener.security(silent), server: try tls.security(silent), name: name)
    }

    private var address: Address { get throws { try Address(listen ?? "127.0.0.1:0", "--listen") } }

    private var server: ChaosProxy.Server? {
        get throws {
            guard let to else { return nil }
            if to.contains("/") { return .file(to) }
            let address = try Address(to, "--to")
            guard address.port > 0 else { throw ValidationError("--to: expected a port from 1 to 65535.") }
            return .address(host: address.host, port: address.port)
        }
    }
}
