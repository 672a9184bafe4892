import CJAssessmentService
import Configuration
import LLMProviderService
import ServiceKit
import Testing

@testable import huleedu

@Suite("How long a process keeps what it has claimed")
struct LeasesTests {
    private func leases(_ text: String?) throws -> Leases {
        let variables = text.map { ["HULEEDU_LEASE_SECONDS": $0] } ?? [:]
        return try Leases(Settings(provider: EnvironmentVariablesProvider(environmentVariables: variables)))
    }

    @Test(
        "is what the environment says, or twenty seconds",
        arguments: [(nil, 20), ("2", 2), ("3600", 3600)] as [(String?, Int64)])
    func seconds(text: String?, expected: Int64) throws {
        let leases = try leases(text)
        let provider = leases.configuration(providers: [])
        #expect(provider.leaseSeconds == expected && provider.heartbeat == .seconds(expected) / 4)
        #expect(leases.assessmentConfiguration.claimLifetimeSeconds == max(1, expected / 4))
    }

    @Test("is refused by its name when it is no time that makes sense", arguments: ["1", "3601", "-5", "2.5", "soon"])
    func refusals(text: String) {
        let error = #expect(throws: SettingsError.self) { try leases(text) }
        #expect(error?.description == "HULEEDU_LEASE_SECONDS: expected a whole number from 2 to 3600, got \(text)")
    }
}
