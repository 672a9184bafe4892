import ArgumentParser
import Logging
import Wire
import WireDump
import WireNIO

/// Checks of one server, one after the other, which are told as they end.
struct ConformanceRun: Sendable {
    static let silent = Logger(label: "wiredump") { _ in SwiftLogNoOpLogHandler() }

    let address: Address
    /// Of connections; nil for plain TCP.
    let security: (any ConnectionSecurity)?
    let method: MethodDescriptor
    /// How long each check may take.
    let timeout: Duration
    /// How long to wait for a server that does not listen yet.
    let wait: Duration
    let format: ConformanceFormat

    /// Ends the program where there is no server, or, if its method is what checks need, one that does not answer it well.
    ///
    /// - Throws: ``ExitCode`` after telling.
    func begin(needsMethod: Bool) async throws {
        let check = ConformanceCheck("", "") { subject in
            try await subject.listens(within: wait)
            if needsMethod { try await subject.expectMethod() }
        }
        guard case .failed(let fault) = await outcome(of: check, within: wait + timeout) else { return }
        let told = "expected \(fault.expected), got \(fault.got)"
        if format == .tap { print("TAP version 13\nBail out! \(told)") } else { Output.complain(told) }
        throw ExitCode.failure
    }

    /// Makes the checks, and returns how many could not be made and how many failed.
    func make(_ checks: [ConformanceCheck]) async throws -> (skipped: Int, failed: Int) {
        var output = Output()
        if format == .tap { try output.write(["TAP version 13", "1..\(checks.count)"]) }
        var (passed, skipped, failed) = (0, 0, 0)
        for (place, check) in checks.enumerated() {
            let outcome = await self.outcome(of: check, within: timeout)
            switch outcome {
            case .passed: passed += 1
            case .skipped: skipped += 1
            case .failed: failed += 1
            }
            let result = ConformanceResult(number: place + 1, check: check.id, claim: check.claim, outcome: outcome)
            try output.write(result.lines(format))
            try output.flush()
        }
        Output.complain("passed: \(passed), skipped: \(skipped), failed: \(failed)")
        return (skipped, failed)
    }

    private func outcome(of check: ConformanceCheck, within time: Duration) async -> ConformanceResult.Outcome {
        // Windows and pieces would have a rule that is broken somewhere stop every case.
        var configuration = ClientConfiguration()
        configuration.features.subtract([.window, .fragments])
        let client = WireClient(
            host: address.host, port: address.port, configuration: configuration, security: security,
            logger: Self.silent)
        let subject = ConformanceSubject(address: address, security: security, client: client, method: method)
        let outcome = await check.outcome(of: subject, within: time)
        await client.close()
        return outcome
    }
}
