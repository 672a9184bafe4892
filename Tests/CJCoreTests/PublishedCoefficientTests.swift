import Testing

@testable import CJCore

/// Data sets of the R package BradleyTerry2, and what its version 1.1-2 (BTm) says of them by maximum likelihood.
@Suite("Published coefficients")
struct PublishedCoefficientTests {
    /// So wide a prior leaves the likelihood alone.
    private let wide = 1_000.0

    private func check(
        _ scale: Scale, against reference: Item.ID, _ coefficients: [(item: Item.ID, estimate: Double, standardError: Double)]
    ) {
        let zero = scale.estimate(of: reference).ability
        for (item, estimate, standardError) in coefficients {
            #expect((scale.estimate(of: item).ability - zero - estimate).magnitude < 1e-5, "\(item)")
            let own = scale.varianceOfDifference(item, reference).squareRoot()
            #expect((own - standardError).magnitude < 1e-5, "\(item)")
        }
    }

    /// Citations among journals of statistics (Stigler 1994): a citation counts for the journal that is cited.
    @Test("Journals of statistics by their citations of each other")
    func citations() throws {
        let journals: [Item.ID] = ["Biometrika", "Comm Statist", "JASA", "JRSS-B"]
        // By the journal cited, then by the one that cites.
        let counts = [[714, 730, 498, 221], [33, 425, 68, 17], [320, 813, 1_072, 142], [284, 276, 325, 188]]
        var judgements: [Judgement] = []
        for cited in journals.indices {
            for citing in journals.indices where citing != cited {
                let comparison = try Comparison(first: journals[cited], second: journals[citing])
                judgements.append(
                    Judgement(comparison: comparison, outcome: .first, judge: "j", weight: Double(counts[cited][citing])))
            }
        }
        let settings = ScaleEstimator.Settings(prior: .fixed(standardDeviation: wide), positionBiasDeviation: nil)
        check(
            ScaleEstimator(settings: settings).estimate(items: journals, judgements: judgements), against: "Biometrika",
            [
                ("Comm Statist", -2.9490724968, 0.10254533537), ("JASA", -0.4795697698, 0.06058872924),
                ("JRSS-B", 0.2689540558, 0.07082996511),
            ])
    }

    /// Games of the American League's eastern division in 1987 (Agresti 2002, "Categorical data analysis", section 10.6): for each team
    /// at home, its wins and losses against the others in the order of the teams.
    private static let games: [(home: Item.ID, records: [(won: Int, lost: Int)])] = [
        ("Milwaukee", [(0, 0), (4, 3), (4, 2), (4, 3), (6, 1), (4, 2), (6, 0)]),
        ("Detroit", [(3, 3), (0, 0), (4, 2), (4, 3), (6, 0), (6, 1), (4, 3)]),
        ("Toronto", [(2, 5), (4, 3), (0, 0), (2, 4), (4, 3), (4, 2), (6, 0)]),
        ("New York", [(3, 3), (5, 1), (2, 5), (0, 0), (4, 3), (4, 2), (6, 1)]),
        ("Boston", [(5, 1), (2, 5), (3, 3), (4, 2), (0, 0), (5, 2), (6, 0)]),
        ("Cleveland", [(2, 5), (3, 3), (3, 4), (4, 3), (4, 2), (0, 0), (2, 4)]),
        ("Baltimore", [(2, 5), (1, 5), (1, 6), (2, 4), (1, 6), (3, 4), (0, 0)]),
    ]

    private func baseball(biasDeviation: Double?) throws -> Scale {
        let teams = Self.games.map(\.home)
        var judgements: [Judgement] = []
        for (home, records) in Self.games {
            for (away, record) in zip(teams, records) where away != home {
                let comparison = try Comparison(first: home, second: away)
                for (outcome, count) in [(Outcome.first, record.won), (.second, record.lost)] where count > 0 {
                    judgements.append(Judgement(comparison: comparison, outcome: outcome, judge: "j", weight: Double(count)))
                }
            }
        }
        let settings = ScaleEstimator.Settings(prior: .fixed(standardDeviation: wide), positionBiasDeviation: biasDeviation)
        return ScaleEstimator(settings: settings).estimate(items: teams, judgements: judgements)
    }

    @Test("Baseball teams with the advantage of playing at home, which is a preference for the first place")
    func baseballAtHome() throws {
        let scale = try baseball(biasDeviation: wide)
        check(
            scale, against: "Baltimore",
            [
                ("Boston", 1.1438026533, 0.3378421889), ("Cleveland", 0.7046944569, 0.3350014033),
                ("Detroit", 1.4753572136, 0.3445518233), ("Milwaukee", 1.6195549936, 0.3473653061),
                ("New York", 1.2813404033, 0.3404033588), ("Toronto", 1.3271103981, 0.3403222088),
            ])
        #expect((scale.positionBias - 0.3022606555).magnitude < 1e-5)
        #expect((scale.positionBiasStandardError - 0.1309436425).magnitude < 1e-5)
    }

    @Test("Baseball teams without it")
    func baseballAnywhere() throws {
        check(
            try baseball(biasDeviation: nil), against: "Baltimore",
            [
                ("Boston", 1.1076977054, 0.3338779082), ("Cleveland", 0.6838527692, 0.3318763991),
                ("Detroit", 1.4364084318, 0.3395681875), ("Milwaukee", 1.5813558767, 0.3432556640),
                ("New York", 1.2476178451, 0.3358606158), ("Toronto", 1.2944851239, 0.3366690927),
            ])
    }
}
