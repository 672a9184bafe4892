import ChildProcesses
import CurlClient
import Foundation
import Glibc
import Testing

/// A real TLS handshake against Python's `ssl`, with a certificate made for the test.
@Suite("Over TLS", .enabled(if: TLSServer.isAvailable, "needs openssl and python3"))
struct TLSTests {
    @Test("a certificate of the configured authority is trusted")
    func trusted() async throws {
        try await withTLSServer(minimum: "TLSv1_2", maximum: "TLSv1_3") { server, authority in
            let client = CurlClient(configuration: .init(certificateAuthorityFile: authority))
            let response = try await client.send(HTTPRequest(url: "https://localhost:\(server.port)/", body: Array("hello".utf8)))
            #expect(response.status == 200)
            #expect(response.body == Array("hello".utf8))
            await client.shutdown()
        }
    }

    @Test("requests don't wait for each other where the server speaks only version 1.1")
    func concurrency() async throws {
        try await withTLSServer(minimum: "TLSv1_2", maximum: "TLSv1_3") { server, authority in
            let client = CurlClient(configuration: .init(certificateAuthorityFile: authority))
            let url = "https://localhost:\(server.port)/together/5"
            // The server answers none of the five before it has all of them.
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 { group.addTask { try await client.send(HTTPRequest(url: url, body: [1])).status } }
                for try await status in group { #expect(status == 200) }
            }
            await client.shutdown()
        }
    }

    @Test("an unknown authority, and a certificate for another name, are refused before anything is sent")
    func distrusted() async throws {
        try await withTLSServer(minimum: "TLSv1_2", maximum: "TLSv1_3") { server, authority in
            let system = CurlClient()
            let unknown = await failure(system, HTTPRequest(url: "https://localhost:\(server.port)/", body: [1]))
            #expect(unknown?.code == .tls)
            #expect(unknown?.requestMayHaveBeenSent == false)
            await system.shutdown()
            let client = CurlClient(configuration: .init(certificateAuthorityFile: authority))
            let otherName = await failure(client, HTTPRequest(url: "https://127.0.0.1:\(server.port)/", body: [1]))
            #expect(otherName?.code == .tls)
            #expect(otherName?.requestMayHaveBeenSent == false)
            await client.shutdown()
        }
    }

    @Test("version 1.1 of TLS is refused")
    func oldVersion() async throws {
        try await withTLSServer(minimum: "TLSv1", maximum: "TLSv1_1") { server, authority in
            let client = CurlClient(configuration: .init(certificateAuthorityFile: authority))
            let error = await failure(client, HTTPRequest(url: "https://localhost:\(server.port)/", body: [1]))
            #expect(error?.code == .tls)
            #expect(error?.requestMayHaveBeenSent == false)
            await client.shutdown()
        }
    }

    @Test("a missing authority file is an error, not trust in everybody")
    func missingAuthority() async throws {
        try await withTLSServer(minimum: "TLSv1_2", maximum: "TLSv1_3") { server, _ in
            let client = CurlClient(configuration: .init(certificateAuthorityFile: "/nonexistent.pem"))
            let error = await failure(client, HTTPRequest(url: "https://localhost:\(server.port)/", body: [1]))
            #expect(error?.code == .tls)
            await client.shutdown()
        }
    }

    @Test("a server that speaks no TLS is refused")
    func plaintextServer() async throws {
        try await withServer { connection in
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            connection.waitForClose()
        } test: { server, client in
            let error = await failure(client, HTTPRequest(url: "https://127.0.0.1:\(server.port)/", body: [1]))
            #expect(error?.code == .tls)
            #expect(error?.requestMayHaveBeenSent == false)
        }
    }
}

/// A Python process that serves HTTPS and prints its port.
struct TLSServer {
    let port: Int

    static var isAvailable: Bool { Programs.areInstalled("openssl", "python3") }

    fileprivate static let script = """
        import http.server, ssl, sys, threading
        certificate, key, low, high = sys.argv[1:5]
        gate = threading.Condition()
        waiting = 0
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                global waiting
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.path.startswith("/together/"):
                    with gate:
                        waiting += 1
                        gate.notify_all()
                        gate.wait_for(lambda: waiting >= int(self.path.split("/")[2]), 30)
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *arguments): pass
        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request, address): pass
            def finish_request(self, request, address):
                request.settimeout(60)
                request = context.wrap_socket(request, server_side=True)
                super().finish_request(request, address)
        import warnings
        warnings.simplefilter("ignore")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = getattr(ssl.TLSVersion, low)
        context.maximum_version = getattr(ssl.TLSVersion, high)
        context.load_cert_chain(certificate, key)
        server = Server(("127.0.0.1", 0), Handler)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
}

private func withTLSServer(
    minimum: String, maximum: String, test: (TLSServer, _ authority: String) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }  // What is left over lies in the temporary folder.
    let certificate = folder.appending(path: "certificate.pem").path
    let key = folder.appending(path: "key.pem").path
    let request = try ChildProcess([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
    ])
    try #require(await request.wait() == 0, "openssl makes no certificate")
    let process = try ChildProcess(["python3", "-c", TLSServer.script, certificate, key, minimum, maximum])
    defer { process.signal(SIGKILL) }
    let port = try #require(await process.firstLine().flatMap { Int($0) })
    try await test(TLSServer(port: port), certificate)
}
