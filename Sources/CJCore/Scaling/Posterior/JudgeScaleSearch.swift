/// Finds how sharply each of several judges tells items apart.
///
/// Abilities and discriminations κ are improved in turn: the mode of the abilities given every κ, and then for each judge one Newton
/// step on ln κ given the abilities, with ln κ ~ N(0, 0.5²). The mean of ln κ, weighted by judgements, is zero: a common factor is
/// the abilities' own.
struct JudgeScaleSearch {
    let table: ComparisonTable
    private(set) var settings: Posterior.Settings

    /// Standard deviation of the prior on ln κ.
    private static let deviation = 0.5
    private static let maximumRounds = 60
    /// Largest change of a ln κ at which the search has ended, and the largest in one round.
    private static let tolerance = 1e-6
    private static let longestStep = 0.5

    init(table: ComparisonTable, settings: Posterior.Settings) {
        self.table = table
        self.settings = settings
        self.settings.scales = Array(repeating: 1, count: table.judgeCount)
    }

    /// The posterior with the most probable discriminations, and its mode.
    ///
    /// - Parameter deviation: the most probable prior deviation of the abilities for these settings.
    mutating func fit(deviation: (Posterior.Settings) -> Double) -> (posterior: Posterior, mode: [Double]) {
        var posterior = Posterior(table: table, settings: settings)
        var mode = posterior.mode()
        for round in 0..<Self.maximumRounds {
            let change = improve(posterior, at: mode)
            // The spread follows from the discriminations, and settles before they do.
            if round < 8 || round.isMultiple(of: 8) { settings.abilityDeviation = deviation(settings) }
            posterior = Posterior(table: table, settings: settings)
            mode = posterior.mode(startingAt: mode)
            if change < Self.tolerance { break }
        }
        return (posterior, mode)
    }

    /// One step for every judge; tells the largest change of a ln κ.
    private mutating func improve(_ posterior: Posterior, at mode: [Double]) -> Double {
        var logs = settings.scales.map(ElementaryFunctions.log)
        let before = logs
        var gradient = logs.map { -$0 / (Self.deviation * Self.deviation) }
        var curvature = Array(repeating: 1 / (Self.deviation * Self.deviation), count: logs.count)
        var counts = Array(repeating: 0.0, count: logs.count)
        for cell in table.cells {
            let judge = Int(cell.judge)
            let lead = posterior.scale(of: judge) * (mode[Int(cell.first)] - mode[Int(cell.second)])
            let answer = posterior.slope(of: cell, at: mode)
            gradient[judge] += cell.weight * answer.byLogit * lead
            curvature[judge] += cell.weight * answer.logitLogit * lead * lead
            counts[judge] += cell.weight
        }
        for judge in logs.indices {
            logs[judge] += max(-Self.longestStep, min(Self.longestStep, gradient[judge] / curvature[judge]))
        }
        let total = counts.reduce(0, +)
        let mean = total > 0 ? logs.indices.reduce(0) { $0 + counts[$1] * logs[$1] } / total : 0
        settings.scales = logs.map { ElementaryFunctions.exp($0 - mean) }
        return logs.indices.reduce(0) { max($0, (logs[$1] - mean - before[$1]).magnitude) }
    }
}
