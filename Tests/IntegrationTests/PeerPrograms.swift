import Foundation
import Logging
import Testing
import Wire
import WireNIO

/// The programs of `Tools/peers`, which speak our protocol and share no code with us, and what they are put to.
enum PeerPrograms {
    private static let root = Package.root + "/Tools/peers"
    /// Debian's package has no program of its own that could be looked for.
    private static let pythonProtobuf = "/usr/lib/python3/dist-packages/google/protobuf/message.py"

    static let goIsThere = isThere("/usr/bin/go") || isThere("/usr/local/go/bin/go")
    static let pythonIsThere = isThere("/usr/bin/protoc") && FileManager.default.fileExists(atPath: pythonProtobuf)

    static let rustIsThere = isThere("/usr/bin/rustc")

    private static func isThere(_ program: String) -> Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// Builds the Go program and returns its path.
    static func go(in scratch: Scratch) async throws -> String {
        try await build("go", [scratch.path + "/go"])
        return scratch.path + "/go/peer"
    }

    /// Builds the Rust program and returns its path.
    static func rust(in scratch: Scratch) async throws -> String {
        try await build("rust", [scratch.path + "/rust"])
        return scratch.path + "/rust/peer"
    }

    /// Compiles the contracts for the Python programs, and returns how to start one of them.
    static func python(in scratch: Scratch) async throws -> PythonPrograms {
        let contracts = scratch.path + "/python"
        try await build("python", [contracts, Package.root + "/Tests/Support/SampleContracts"])
        return PythonPrograms(folder: root + "/python", contracts: contracts)
    }

    private static func build(_ language: String, _ arguments: [String]) async throws {
        // Go compiles its libraries once for all tests.
        let cache = ["GOCACHE": Package.root + "/.build/go-cache"]
        let build = try Program(root + "/\(language)/build", arguments, environment: cache)
        guard await build.status() == 0 else { throw PeerError(what: "Tools/peers/\(language)/build", output: build.output) }
    }

    /// Starts `huleedu up`, and returns it with the address of its cj-assessment service.
    static func services(in scratch: Scratch) async throws -> (Program, address: String) {
        let services = try Program(
            "huleedu", ["up", "--data", scratch.path + "/data", "--llm-provider-port", "0", "--cj-assessment-port", "0"])
        guard await services.wait(for: "cj-assessment  127.0.0.1:"),
            let line = services.output.split(separator: "\n").first(where: { $0.hasPrefix("cj-assessment") }),
            let address = line.split(separator: " ").last
        else { throw PeerError(what: "huleedu up", output: services.output) }
        return (services, String(address))
    }

    /// Serves some services by our server while a peer calls them.
    static func serving(_ services: [any RPCService], _ body: (_ address: String) async throws -> Void) async throws {
        let server = WireServer(services: services, configuration: ServerConfiguration(), logger: Logger(label: "test"))
        let address = try await server.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            try await body("\(address)")
            server.beginGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// The port of a peer's server, once it listens: the first line that it prints ends with it.
    static func port(of server: Program) async throws -> Int {
        guard await server.wait(for: "\n"), let line = server.output.split(separator: "\n").first,
            let port = line.split(separator: ":").last.flatMap({ Int($0) })
        else { throw PeerError(what: "a peer's server", output: server.output) }
        return port
    }

    /// Has a peer try the echo service at an address, and expects that all its checks pass.
    static func expectEcho(_ peer: String, checks count: Int, at address: String) async throws {
        let checks = try Program(peer, ["echo", address])
        #expect(await checks.status() == 0, "\(checks.output)")
        #expect(checks.output.split(separator: "\n").filter { $0.hasPrefix("ok ") }.count == count, "\(checks.output)")
    }

    /// Calls a peer's server by our client.
    static func calling(
        _ server: Program, configuration: ClientConfiguration = ClientConfiguration(), _ body: (WireClient) async throws -> Void
    ) async throws {
        let client = WireClient(
            host: "127.0.0.1", port: try await port(of: server), configuration: configuration, logger: Logger(label: "test"))
        do {
            try await body(client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }
}

/// A program that did not do what it was started for.
struct PeerError: Error {
    let what: String
    let output: String
}

/// The programs of `Tools/peers/python`.
struct PythonPrograms {
    let folder: String
    /// Where the contracts have been compiled to.
    let contracts: String

    /// Starts `peer` or `stranger`.
    func start(_ name: String, _ arguments: [String]) throws -> Program {
        try run(folder + "/" + name, arguments, path: contracts)
    }

    /// Starts the unit tests of the library.
    func startTests() throws -> Program {
        try run(
            "/usr/bin/python3", ["-m", "unittest", "discover", "-s", folder + "/tests"],
            path: contracts + ":" + folder)
    }

    private func run(_ program: String, _ arguments: [String], path: String) throws -> Program {
        try Program(program, arguments, environment: ["PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"])
    }
}
