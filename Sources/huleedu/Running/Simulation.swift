import Crypto
import FakeProvider
import Logging

/// The fake provider of a run whose judge is simulated.
struct Simulation: Sendable {
    /// Where it listens.
    let url: String
    private let provider: FakeProvider

    /// Starts it when the judge is simulated; nil otherwise.
    static func start(judge: JudgeProvider, input: RankInput, seed: UInt64, logger: Logger) async throws -> Simulation? {
        guard judge.name == .simulated else { return nil }
        var configuration = FakeProviderConfiguration()
        configuration.seed = seed
        configuration.qualities = Dictionary(
            input.folder.essays.compactMap { essay in
                input.qualities[essay.id].map { (sha256(essay.text), $0) }
            }, uniquingKeysWith: { first, _ in first })
        return try await start(configuration, logger: logger)
    }

    /// Starts it with a configuration.
    static func start(_ configuration: FakeProviderConfiguration, logger: Logger) async throws -> Simulation {
        let provider = try FakeProvider(configuration: configuration, logger: logger)
        let (host, port) = try await provider.start()
        return Simulation(url: "http://\(host):\(port)", provider: provider)
    }

    func stop() async {
        await provider.stop()
    }

    private static func sha256(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
