import Certificates
import Testing
import Wire
import WireNIO
import WireTLS

@Suite("A pool over TLS", .timeLimit(.minutes(2)))
struct PoolTLSTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func who(at name: ServerName, within time: Duration) async throws -> String {
        let security = try ClientTLS(files: TLSFiles(authorities: authority.authorities), logger: silent)
        let pool = WirePool([name], configuration: WirePoolConfiguration(), security: security, logger: silent)
        let answer = try await pool.run(beside: {
            try await pool.call(WhoService.who, payload: [], options: .timeout(time))
        })
        return String(decoding: answer, as: UTF8.self)
    }

    @Test("asks each address for a certificate of the name under which it was found, and says at once where it has another")
    func names() async throws {
        var files = try authority.files("server", names: ["localhost"])
        files.authorities = nil
        try await withServer(security: try ServerTLS(files: files, logger: silent)) { address in
            let named = try await who(at: ServerName(host: "localhost", port: address.port), within: .seconds(100))
            #expect(named == "unknown")
            let unnamed = await failure {
                try await who(at: ServerName(host: "127.0.0.1", port: address.port), within: .seconds(3600))
            }
            #expect(unnamed?.code == .unavailable && unnamed?.isRefused == true)
            #expect(unnamed?.message.contains("TLS failed") == true)
        }
    }
}
