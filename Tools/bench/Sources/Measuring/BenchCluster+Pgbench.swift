import Foundation

extension BenchCluster {
    /// Runs a script by pgbench, with prepared statements and one thread.
    ///
    /// - Parameters:
    ///   - transactions: of all clients together.
    ///   - variables: what the script finds set.
    /// - Returns: what a transaction came to; nil where there is no pgbench.
    public func pgbench(
        _ script: String, clients: Int, transactions: Int, variables: [String: String] = [:]
    ) throws -> Round? {
        let file = folder.appendingPathComponent("script.sql")
        try script.write(to: file, atomically: true, encoding: .utf8)
        let begun = ClientCost.ofEndedPrograms()
        let given = variables.flatMap { ["-D", "\($0.key)=\($0.value)"] }
        guard
            let output = try run(
                [
                    "pgbench", "-n", "-M", "prepared", "-c", "\(clients)", "-j", "1", "-t", "\(transactions / clients)", "-f",
                    file.path,
                ] + given + [cluster.connectionString])
        else { return nil }
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) })
        else { throw BenchError("pgbench: \(output)") }
        return Round(rate: rate, cost: ClientCost.ofEndedPrograms().since(begun, per: transactions))
    }

    private func run(_ command: [String]) throws -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // What env says when there is no such program.
        guard process.terminationStatus != 127 else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
