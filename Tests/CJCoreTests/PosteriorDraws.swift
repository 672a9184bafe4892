@testable import CJCore

/// Draws from the posterior of Bradley and Terry's model with a fixed normal prior, each about the mean of its items: what an estimate of
/// that posterior is held against.
///
/// Hamiltonian Monte Carlo with paths of random length (R. M. Neal, "MCMC using Hamiltonian dynamics", Handbook of Markov Chain Monte Carlo,
/// 2011); consecutive draws are nearly unrelated.
struct PosteriorDraws {
    private let winners: [Int]
    private let losers: [Int]
    private let itemCount: Int
    private let priorPrecision: Double
    /// Abilities of each item in the order of the draws.
    private(set) var abilities: [[Double]]

    /// Takes so many draws after a twentieth of them that is left out.
    ///
    /// - Parameters:
    ///   - outcomes: who won against whom, as indices of items.
    ///   - deviation: the prior's standard deviation in logits.
    init(of outcomes: [(winner: Int, loser: Int)], itemCount: Int, deviation: Double, count: Int, seed: UInt64) {
        winners = outcomes.map(\.winner)
        losers = outcomes.map(\.loser)
        self.itemCount = itemCount
        priorPrecision = 1 / (deviation * deviation)
        abilities = Array(repeating: [], count: itemCount)
        draw(count, leavingOut: count / 20, with: SplitMix64(seed: seed))
    }

    func mean(of item: Int) -> Double { abilities[item].reduce(0, +) / Double(abilities[item].count) }

    func standardDeviation(of item: Int) -> Double {
        let mean = mean(of: item)
        let squares = abilities[item].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(abilities[item].count)).squareRoot()
    }

    func median(of item: Int) -> Double { abilities[item].sorted()[abilities[item].count / 2] }

    /// Kendall's τ of an order to those drawn, on average.
    func kendallTau(ofOrder estimates: [Double]) -> Double {
        let taus = abilities[0].indices.map { draw in Agreement.kendallTau(estimates, abilities.map { $0[draw] }) }
        return taus.reduce(0, +) / Double(taus.count)
    }

    private mutating func draw(_ count: Int, leavingOut first: Int, with generator: SplitMix64) {
        var generator = generator
        var point = Array(repeating: 0.0, count: itemCount)
        var (density, slope) = logDensity(at: point)
        for number in 0..<(first + count) {
            let step = 0.14 + 0.08 * generator.unit()
            var momentum = point.map { _ in generator.normal() }
            let energy = density - kineticEnergy(of: momentum)
            var (end, endDensity, endSlope) = (point, density, slope)
            for _ in 0..<10 {
                for item in 0..<itemCount {
                    momentum[item] += 0.5 * step * endSlope[item]
                    end[item] += step * momentum[item]
                }
                (endDensity, endSlope) = logDensity(at: end)
                for item in 0..<itemCount { momentum[item] += 0.5 * step * endSlope[item] }
            }
            if ElementaryFunctions.log(1 - generator.unit()) < endDensity - kineticEnergy(of: momentum) - energy {
                (point, density, slope) = (end, endDensity, endSlope)
            }
            guard number >= first else { continue }
            let centre = point.reduce(0, +) / Double(itemCount)
            for item in 0..<itemCount { abilities[item].append(point[item] - centre) }
        }
    }

    private func kineticEnergy(of momentum: [Double]) -> Double { momentum.reduce(0) { $0 + 0.5 * $1 * $1 } }

    private func logDensity(at point: [Double]) -> (value: Double, slope: [Double]) {
        var value = 0.0
        var slope = point.map { ability in
            value -= 0.5 * priorPrecision * ability * ability
            return -priorPrecision * ability
        }
        for index in winners.indices {
            let (winner, loser) = (winners[index], losers[index])
            let surprise = ElementaryFunctions.logOnePlusExp(point[loser] - point[winner])
            value -= surprise
            let pull = 1 - ElementaryFunctions.exp(-surprise)
            slope[winner] += pull
            slope[loser] -= pull
        }
        return (value, slope)
    }
}
