/// What a run of `wiredump conform` told, by what became of the checks.
struct ConformanceOutcome {
    private(set) var passed: Set<String> = []
    /// With the reasons.
    private(set) var skipped: [String: String] = [:]
    private(set) var failed: Set<String> = []
    let status: Int32
    let output: String

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
