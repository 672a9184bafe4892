/// What a run of `wiredump conform` told, by what became of the checks.
struct ConformanceOutcome {
    private(set) var passed: Set<String> = []
    /// With the reasons.
    private(set) var skipped: [String: String] = [:]
    private(set) var failed: Set<String> = []
    let status: Int32
    let output: String

    /// Checks a server of which it is known which checks it leaves without an answer: those wait for a second, the others as long as a
    /// busy machine may take.
    init(_ address: String, silent: Set<String>, _ arguments: [String] = []) async throws {
        let rest = silent.flatMap { ["--except", $0] }
        self = try await ConformanceOutcome(address, arguments + rest + ["--timeout", "60"])
        guard !silent.isEmpty else { return }
        let only = silent.flatMap { ["--only", $0] }
        let waiting = try await ConformanceOutcome(address, arguments + only + ["--timeout", "1"])
        passed.formUnion(waiting.passed)
        failed.formUnion(waiting.failed)
    }

    /// Checks a server.
    init(_ address: String, _ arguments: [String] = []) async throws {
        let run = try Program("wiredump", ["conform", address] + arguments)
        status = await run.status()
        output = run.output
        let result = /(?<fault>not )?ok \d+ - (?<check>\S+) [^#]*(?:# SKIP (?<reason>.+))?/
        for line in output.split(separator: "\n") {
            guard let match = try result.wholeMatch(in: line) else { continue }
            let check = String(match.check)
            if let reason = match.reason {
                skipped[check] = String(reason)
            } else if match.fault != nil {
                failed.insert(check)
            } else {
                passed.insert(check)
            }
        }
    }
}
