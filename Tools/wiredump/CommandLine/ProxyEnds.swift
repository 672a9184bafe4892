import ArgumentParser
import ChaosProxy
import Logging
import UnixSignals
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

    /// Stands between the ends until SIGINT or SIGTERM comes, or something fails.
    ///
    /// - Parameters:
    ///   - meanwhile: what goes on beside, until it has nothing more to do or is cancelled, which it is after the last packet.
    ///   - take: takes what passes, as packets, from the first to the last, and says so to the tap.
    func watch(
        meanwhile: @escaping @Sendable () async throws -> Void = {},
        take: @escaping @Sendable (_ packets: AsyncStream<CapturedPacket>, _ tap: Tap) async throws -> Void
    ) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let (proxy, tap, packets) = try await start()
        // Each task tells whether everything is over with it.
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in signals { break }
                await proxy.stop()
                tap.finish()
                return false
            }
            group.addTask {
                try await meanwhile()
                return false
            }
            group.addTask {
                try await take(packets, tap)
                return true
            }
            while try await group.next() == false {}
            group.cancelAll()
        }
        if tap.missedBytes > 0 { Output.complain("\(tap.missedBytes) bytes passed unseen, because the output was too slow") }
    }

    /// Begins to listen, and tells where on standard error.
    ///
    /// - Returns: the proxy, and what passes through it as packets.
    private func start() async throws -> (proxy: ChaosProxy, tap: Tap, packets: AsyncStream<CapturedPacket>) {
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
