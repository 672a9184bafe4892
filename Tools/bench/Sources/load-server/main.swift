// A server with one echo method and nothing else, for the wire bench (Tools/bench/wire).
//
//     load-server [PORT]
//
// Prints its address, serves on two threads until SIGTERM, and then tells how many calls it has answered.
import Dispatch
import Glibc
import Logging
import WireNIO

var configuration = ServerConfiguration(port: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0)
configuration.maximumConnections = 2048
configuration.maximumConnectionsPerAddress = 2048
configuration.gracePeriod = .seconds(5)
let load = ServerLoad(configuration)
let server = WireServer(
    services: [LoadService()], configuration: configuration, load: load,
    logger: Logger(label: "load-server") { _ in SwiftLogNoOpLogHandler() })
print(try await server.start())
fflush(nil)

signal(SIGTERM, SIG_IGN)
let terminated = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .main)
terminated.setEventHandler { server.beginGracefulShutdown() }
terminated.resume()

try await server.serve()
print("answered \(load.statistics.methods.values.reduce(0) { $0 + ($1.statuses[.ok] ?? 0) })")
