public import ChaosProxy

/// What stands between the processes of a deployment, to be spoilt in drills.
public struct Proxies: Sendable {
    /// Between each service and the database server.
    public let database: [Deployment.Service: ChaosProxy]
    /// Says at which commits the connection of a service is cut.
    public let commits: [Deployment.Service: CutRule.Trigger]
    /// Between the assessment service and the provider service.
    public let services: ChaosProxy
    /// Between the drill and the assessment service.
    public let client: ChaosProxy

    /// - Parameter socketFolder: nil where there are to be none.
    static func start(ports: [Deployment.Replica: String], socketFolder: String?) async throws -> Proxies? {
        guard let socketFolder else { return nil }
        var database: [Deployment.Service: ChaosProxy] = [:]
        var commits: [Deployment.Service: CutRule.Trigger] = [:]
        for service in Deployment.Service.allCases {
            let trigger = CutRule.Trigger()
            commits[service] = trigger
            database[service] = try await .start(
                to: server(socketFolder), rules: [.statement("COMMIT", trigger: trigger)])
        }
        func port(_ service: Deployment.Service) -> Int { Int(ports[.init(service: service, number: 0)] ?? "") ?? 0 }
        return Proxies(
            database: database, commits: commits,
            services: try await .start(to: .address(host: "127.0.0.1", port: port(.llmProvider))),
            client: try await .start(to: .address(host: "127.0.0.1", port: port(.cjAssessment))))
    }

    /// A database server of this package, by the folder of its socket file.
    static func server(_ socketFolder: String) -> ChaosProxy.Server { .file(socketFolder + "/.s.PGSQL.5432") }

    func stop() async {
        for proxy in database.values { await proxy.stop() }
        await services.stop()
        await client.stop()
    }
}
