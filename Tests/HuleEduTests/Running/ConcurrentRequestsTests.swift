import Configuration
import ServiceKit
import Testing

@testable import huleedu

@Suite("How many requests a process has with vendors at once")
struct ConcurrentRequestsTests {
    private func count(_ text: String?) throws -> Int {
        let variables = text.map { ["HULEEDU_CONCURRENT_REQUESTS": $0] } ?? [:]
        return try ConcurrentRequests(Settings(provider: EnvironmentVariablesProvider(environmentVariables: variables))).count
    }

    @Test(
        "is what the environment says, or thirty-two",
        arguments: [(nil, 32), ("1", 1), ("900", 900)] as [(String?, Int)])
    func counts(text: String?, expected: Int) throws {
        #expect(try count(text) == expected)
    }

    @Test("is refused by its name when it makes no sense", arguments: ["0", "901", "-5", "2.5", "many"])
    func refusals(text: String) {
        let error = #expect(throws: SettingsError.self) { try count(text) }
        #expect(error?.description == "HULEEDU_CONCURRENT_REQUESTS: expected a whole number from 1 to 900, got \(text)")
    }
}
