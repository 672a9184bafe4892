import Configuration
import ServiceKit
import Testing

@testable import huleedu

@Suite("How long a request may be without an answer")
struct RequestLifeTests {
    private func life(_ text: String?, default usual: Int = 86_400) throws -> Duration {
        let variables = text.map { ["HULEEDU_REQUEST_SECONDS": $0] } ?? [:]
        return try RequestLife(
            Settings(provider: EnvironmentVariablesProvider(environmentVariables: variables)), default: usual
        ).duration
    }

    @Test(
        "is what the environment says, or a day, or what the command takes for usual",
        arguments: [("5", 600, 5), ("86400", 600, 86_400), (nil, 600, 600), (nil, 86_400, 86_400)] as [(String?, Int, Int)])
    func lives(text: String?, usual: Int, expected: Int) throws {
        #expect(try life(text, default: usual) == .seconds(expected))
    }

    @Test("is refused by its name when it makes no sense", arguments: ["4", "86401", "-5", "2.5", "long"])
    func refusals(text: String) {
        let error = #expect(throws: SettingsError.self) { try life(text) }
        #expect(error?.description == "HULEEDU_REQUEST_SECONDS: expected a whole number from 5 to 86400, got \(text)")
    }
}
