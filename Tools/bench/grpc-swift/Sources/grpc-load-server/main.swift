// A gRPC server with the echo method of the wire bench. Messages are bytes that nobody decodes, which spares it what the other servers do.
//
//     grpc-load-server [PORT]
//
// Prints its address and serves until SIGTERM.
import Dispatch
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Glibc

/// Bytes, as they are.
struct Bytes: MessageSerializer, MessageDeserializer {
    func serialize<Contiguous: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Contiguous { Contiguous(message) }

    func deserialize<Contiguous: GRPCContiguousBytes>(_ serialized: Contiguous) throws -> [UInt8] {
        serialized.withUnsafeBytes { [UInt8]($0) }
    }
}

struct LoadService: RegistrableRPCService {
    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: "huleedu.bench.Load", method: "Echo"),
            deserializer: Bytes(), serializer: Bytes()
        ) { request, _ in
            let request = try await ServerRequest(stream: request)
            return StreamingServerResponse(single: ServerResponse(message: request.message))
        }
    }
}

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
let server = GRPCServer(
    transport: .http2NIOPosix(address: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext),
    services: [LoadService()])

signal(SIGTERM, SIG_IGN)
let terminated = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .main)
terminated.setEventHandler { server.beginGracefulShutdown() }
terminated.resume()

try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server.serve() }
    if let address = try await server.listeningAddress?.ipv4 {
        print("\(address.host):\(address.port)")
        fflush(nil)
    }
    try await group.waitForAll()
}
