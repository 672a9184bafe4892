internal import Glibc

/// Prefers one of two essays as ``JudgeSettings`` say.
struct SimulatedJudge: Sendable {
    /// What the judge says of two essays.
    struct Opinion: Equatable {
        let prefersFirst: Bool
        /// Whether it perceives a difference of a logit or more.
        let isClear: Bool
        /// From one, for a toss-up, to five.
        let confidence: Int
        /// One sentence, which names its author a simulation.
        let rationale: String
    }

    let settings: JudgeSettings
    let qualities: [String: Double]
    let draw: Draw

    /// Judges `essays` for the prompt with digest `prompt`: the same prompt gets the same answer, a prompt that differs in anything
    /// gets an independent throw of the same dice.
    func judge(_ essays: EssayFence.Essays, prompt: String) -> Opinion {
        let first = quality(of: essays.first)
        let second = quality(of: essays.second)
        let preference =
            settings.discrimination * (first.value - second.value)
            + idiosyncrasy(first.digest, second.digest) + settings.positionBias
        let chance = draw.uniform("verdict", prompt)
        // Adding a logistic variable and asking for the sign is the same as preferring the first with probability σ(preference).
        let latent = preference + log(chance / (1 - chance))
        let basis = first.isGiven && second.isGiven ? "qualities it was given" : "a surface heuristic (length and vocabulary)"
        return Opinion(
            prefersFirst: latent > 0,
            isClear: latent.magnitude >= 1,
            confidence: Self.confidence(latent),
            rationale:
                "SIMULATED judge, not a language model: it prefers the \(latent > 0 ? "first" : "second") essay by \(basis).")
    }

    /// One more for each of half a logit, one, two and three.
    static func confidence(_ latent: Double) -> Int {
        1 + [0.5, 1, 2, 3].filter { latent.magnitude >= $0 }.count
    }

    private func quality(of essay: String) -> (value: Double, digest: String, isGiven: Bool) {
        let digest = Digest.hex(essay)
        if let value = qualities[digest] ?? qualities[Digest.hex(EssayQualities.trimmed(essay))] { return (value, digest, true) }
        return (SurfaceQuality.estimate(essay), digest, false)
    }

    private func idiosyncrasy(_ first: String, _ second: String) -> Double {
        guard settings.idiosyncrasy != 0, first != second else { return 0 }
        let (lower, upper) = first < second ? (first, second) : (second, first)
        let deviation = settings.idiosyncrasy * NormalDistribution.quantile(draw.uniform("idiosyncrasy", lower, upper))
        return first < second ? deviation : -deviation
    }
}
