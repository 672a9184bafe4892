import Configuration
import ServiceKit
import Testing

@testable import huleedu

@Suite("How long a call to a vendor may take")
struct CallTimeoutTests {
    private func timeout(_ text: String?) throws -> Duration {
        let variables = text.map { ["HULEEDU_CALL_SECONDS": $0] } ?? [:]
        return try CallTimeout(Settings(provider: EnvironmentVariablesProvider(environmentVariables: variables))).duration
    }

    @Test("is what the environment says, or two minutes", arguments: [("1", 1), ("3600", 3600), (nil, 120)] as [(String?, Int)])
    func timeouts(text: String?, expected: Int) throws {
        #expect(try timeout(text) == .seconds(expected))
    }

    @Test("is refused by its name when it makes no sense", arguments: ["0", "3601", "-5", "2.5", "long"])
    func refusals(text: String) {
        let error = #expect(throws: SettingsError.self) { try timeout(text) }
        #expect(error?.description == "HULEEDU_CALL_SECONDS: expected a whole number from 1 to 3600, got \(text)")
    }
}
