import Testing

@testable import FakeProvider

@Suite("The simulated judge")
struct JudgeTests {
    private func judge(
        seed: UInt64 = 1, _ settings: JudgeSettings = .init(discrimination: 1, positionBias: 0, idiosyncrasy: 0),
        qualities: [String: Double] = [:]
    ) -> SimulatedJudge {
        let hashed = Dictionary(uniqueKeysWithValues: qualities.map { (Digest.hex($0.key), $0.value) })
        return SimulatedJudge(settings: settings, qualities: hashed, draw: Draw(seed: seed))
    }

    private func share(_ judge: SimulatedJudge, _ first: String, _ second: String, of count: Int = 4000) -> Double {
        let essays = EssayFence.Essays(first: first, second: second)
        return Double((0..<count).count { judge.judge(essays, prompt: "p\($0)").prefersFirst }) / Double(count)
    }

    @Test(
        "prefers the first with the logistic probability of the difference in quality",
        arguments: [
            (0.0, 0.5), (1.0, 0.7311), (2.0, 0.8808), (-1.0, 0.2689), (-3.0, 0.0474),
        ])
    func logistic(difference: Double, probability: Double) {
        let judge = judge(qualities: ["a": 3 + difference, "b": 3])
        // Four standard errors of a share over 4,000 throws.
        #expect(abs(share(judge, "a", "b") - probability) < 4 * (probability * (1 - probability) / 4000).squareRoot())
    }

    @Test("the position bias is in logits and in favour of the first")
    func positionBias() {
        let judge = judge(.init(discrimination: 1, positionBias: 1, idiosyncrasy: 0), qualities: ["a": 3, "b": 3])
        #expect(abs(share(judge, "a", "b") - 0.7311) < 0.029)
        #expect(abs(share(judge, "b", "a") - 0.7311) < 0.029)
    }

    @Test("the idiosyncrasy belongs to the pair: shown the other way round it has the other sign")
    func idiosyncrasy() {
        let settings = JudgeSettings(discrimination: 0, positionBias: 0, idiosyncrasy: 2)
        var shares: [Double] = []
        for number in 0..<40 {
            let judge = judge(settings)
            let forward = share(judge, "a\(number)", "b", of: 1000)
            let backward = share(judge, "b", "a\(number)", of: 1000)
            #expect(abs(forward + backward - 1) < 0.13)
            shares.append(forward)
        }
        // With a standard deviation of two logits pairs differ by far more than chance.
        #expect(shares.max() ?? 0 > 0.85)
        #expect(shares.min() ?? 1 < 0.15)
    }

    @Test("the same prompt gets the same answer; another seed or another prompt gets its own")
    func determinism() {
        let essays = EssayFence.Essays(first: "a", second: "b")
        let qualities = ["a": 3.0, "b": 3.0]
        func answers(seed: UInt64, prefix: String) -> [Bool] {
            (0..<64).map { judge(seed: seed, qualities: qualities).judge(essays, prompt: "\(prefix)\($0)").prefersFirst }
        }
        #expect(answers(seed: 1, prefix: "p") == answers(seed: 1, prefix: "p"))
        #expect(answers(seed: 1, prefix: "p") != answers(seed: 2, prefix: "p"))
        #expect(answers(seed: 1, prefix: "p") != answers(seed: 1, prefix: "q"))
    }

    @Test(
        "confidence rises with the strength of the preference",
        arguments: [
            (0.0, 1), (0.49, 1), (0.5, 2), (-0.99, 2), (1, 3), (-1.99, 3), (2, 4), (2.99, 4), (3, 5), (-40, 5),
        ])
    func confidence(latent: Double, confidence: Int) {
        #expect(SimulatedJudge.confidence(latent) == confidence)
    }

    @Test("says that it is simulated and what it went by")
    func rationale() {
        let given = judge(qualities: ["a": 1, "b": 2]).judge(.init(first: "a", second: "b"), prompt: "p")
        #expect(given.rationale.hasPrefix("SIMULATED judge"))
        #expect(given.rationale.contains("qualities it was given"))
        let guessed = judge(qualities: ["a": 1]).judge(.init(first: "a", second: "b"), prompt: "p")
        #expect(guessed.rationale.contains("surface heuristic"))
    }

    @Test("the surface heuristic rises with length and with vocabulary")
    func surface() {
        func text(_ words: Int, distinct: Int) -> String { (0..<words).map { "w\($0 % distinct)" }.joined(separator: " ") }
        #expect(SurfaceQuality.estimate("") == -1)
        #expect(SurfaceQuality.estimate(text(200, distinct: 100)) > SurfaceQuality.estimate(text(100, distinct: 50)))
        #expect(SurfaceQuality.estimate(text(200, distinct: 150)) > SurfaceQuality.estimate(text(200, distinct: 50)))
        #expect((2...6).contains(SurfaceQuality.estimate(text(300, distinct: 150))))
    }

    @Test("draws are the first 53 bits of a SHA-256, the same on every machine")
    func draws() {
        // Worked out with Python's hashlib.
        #expect(Draw(seed: 1).uniform("verdict", "p") == 0.17586322407076965)
        #expect(Draw(seed: 18_446_744_073_709_551_615).uniform("fault", "a", "b") == 0.6096072555837313)
    }

    @Test("the normal quantile matches published values")
    func quantile() {
        for (probability, value) in [
            (0.5, 0.0), (0.975, 1.959963985), (0.025, -1.959963985), (0.9, 1.281551566), (0.999, 3.090232306),
            (1e-9, -5.997807015),
        ] {
            #expect(abs(NormalDistribution.quantile(probability) - value) < 1e-6, "\(probability)")
        }
    }

    @Test("a ranking by wins recovers the order of the qualities")
    func order() async throws {
        let count = 16
        let essays = (0..<count).map { "Essay number \($0)." }
        let qualities = Dictionary(
            uniqueKeysWithValues: essays.enumerated().map { (Digest.hex($0.element), Double($0.offset) / 2) })
        try await withProvider(.init(judge: .init(discrimination: 2, positionBias: 0.3, idiosyncrasy: 0.3), qualities: qualities))
        { provider in
            var wins = [Int](repeating: 0, count: count)
            let winners = try await withThrowingTaskGroup(of: Int.self) { group in
                for first in 0..<count {
                    for second in 0..<count where first != second {
                        group.addTask {
                            let response = try await provider.post(Sample.comparison(essays[first], essays[second]))
                            return response.toolInput?["winner"] == "first" ? first : second
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for winner in winners { wins[winner] += 1 }
            let order = wins.indices.sorted { wins[$0] < wins[$1] }
            let discordant = order.indices.reduce(0) { sum, i in sum + order[i...].count { $0 < order[i] } }
            let tau = 1 - 4 * Double(discordant) / Double(count * (count - 1))
            #expect(tau > 0.85)
            #expect(provider.provider.statistics.calls == count * (count - 1))
        }
    }
}
