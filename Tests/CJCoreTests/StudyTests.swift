import Foundation
import Testing

@testable import CJCore

/// Published judgements, which are not part of the repository.
private enum Studies {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../shared/data/cj-studies").standardizedFileURL

    static var areHere: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// Judgements of a file with the columns judge, winner, loser, or judge, first, second, winner.
    static func judgements(in name: String) throws -> [Judgement] {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        return try text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            let fields = line.split(separator: ",").map { Item.ID(String($0)) }
            let comparison = try Comparison(first: fields[1], second: fields[2])
            let winner = fields.count > 3 ? fields[3] : fields[1]
            return Judgement(
                comparison: comparison, outcome: winner == comparison.first ? .first : .second,
                judge: Judge.ID(fields[0].rawValue))
        }
    }

    static func items(of judgements: [Judgement]) -> [Item.ID] {
        judgements.flatMap { [$0.comparison.first, $0.comparison.second] }
    }
}

@Suite("Published studies", .enabled(if: Studies.areHere, "../shared/data/cj-studies is not there"))
struct StudyTests {
    @Test("A language model's preference for the second place is found, with a small error")
    func languageModel() throws {
        let judgements = try Studies.judgements(in: "CJRC2026_RAVE_llm.csv")
        #expect(judgements.count == 6_119)
        let scale = ScaleEstimator().estimate(items: Studies.items(of: judgements), judgements: judgements)
        let firstShare = try #require(scale.judgeFit?.firstShare)
        #expect((firstShare - 0.386).magnitude < 0.0005)
        #expect(scale.positionBias < -10 * scale.positionBiasStandardError)
        #expect(scale.positionBiasStandardError < 0.15)
        #expect(scale.isConnected)
    }

    @Test("Without its preference for the second place taken out, the language model's ranking is another")
    func languageModelWithAndWithoutCorrection() throws {
        let judgements = try Studies.judgements(in: "CJRC2026_RAVE_llm.csv")
        let named = NamedJudgements(items: Studies.items(of: judgements), judgements: judgements)
        let corrected = ScaleEstimator(settings: .init(positionBiasDeviation: 1)).estimate(named)
        let uncorrected = ScaleEstimator(settings: .init(positionBiasDeviation: nil)).estimate(named)
        #expect((corrected.positionBias + 1.520).magnitude < 0.001)
        #expect((corrected.positionBiasStandardError - 0.117).magnitude < 0.001)
        // Every pair was asked about once: questions that won as often are equal without the correction, but for rounding.
        func abilities(_ scale: Scale) -> [Double] {
            scale.items.map { (scale.estimate(of: $0).ability * 1e9).rounded() }
        }
        #expect((Agreement.kendallTau(abilities(corrected), abilities(uncorrected)) - 0.9000).magnitude < 0.0005)
        // Every pair was asked about once, and most often with the lower number first: who was shown first is far from balanced.
        let people = try Studies.judgements(in: "CJRC2026_RAVE.csv")
        let human = ScaleEstimator(settings: .init(positionBiasDeviation: nil)).estimate(
            items: corrected.items, judgements: people)
        #expect((Agreement.kendallTau(abilities(human), abilities(uncorrected)) - 0.2506).magnitude < 0.001)
        #expect((Agreement.kendallTau(abilities(human), abilities(corrected)) - 0.2911).magnitude < 0.001)
    }

    @Test("The ten questions that people put first come in the order published, with scores of one posterior")
    func topTen() throws {
        let judgements = try Studies.judgements(in: "CJRC2026_RAVE.csv")
        let named = NamedJudgements(items: Studies.items(of: judgements), judgements: judgements)
        #expect(judgements.count == 1_198 && named.judges.count == 22 && named.items.count == 114)
        // As published: medians of the posterior for a normal prior of variance 20 on each question, with no account of who was shown
        // first.
        let published: [(question: Item.ID, median: Double)] = [
            ("88", 2.067), ("55", 2.039), ("3", 1.663), ("85", 1.607), ("48", 1.501), ("31", 1.271), ("6", 1.191), ("45", 1.187),
            ("32", 1.114), ("28", 1.073),
        ]
        let deviation = 20.0.squareRoot()
        let settings = ScaleEstimator.Settings(
            prior: .fixed(standardDeviation: deviation), positionBiasDeviation: nil, centre: .mean)
        let scale = ScaleEstimator(settings: settings).estimate(named)
        let best = scale.items.sorted { scale.estimate(of: $0).rank < scale.estimate(of: $1).rank }
        #expect(Array(best.prefix(10)) == published.map(\.question))
        // Our abilities are means, which lie above the medians of what won nearly always: the same draws hold both to their own.
        let places = Dictionary(uniqueKeysWithValues: named.items.enumerated().map { ($1, $0) })
        let outcomes = judgements.map { judgement in
            let (first, second) = (places[judgement.comparison.first]!, places[judgement.comparison.second]!)
            return judgement.outcome == .first ? (winner: first, loser: second) : (winner: second, loser: first)
        }
        let draws = PosteriorDraws(of: outcomes, itemCount: named.items.count, deviation: deviation, count: 2_000, seed: 1)
        for (question, median) in published {
            let place = try #require(places[question])
            #expect((draws.median(of: place) - median).magnitude < 0.05, "\(question)")
            #expect((scale.estimate(of: question).ability - draws.mean(of: place)).magnitude < 0.05, "\(question)")
        }
    }

    @Test(
        "Human studies have finite scales that agree with the wins",
        arguments: ["AlMaimani2017.csv", "Daal2017_sample1.csv", "PollittX_ielts-writing.csv", "McMahon2014_teachers.csv"])
    func human(name: String) throws {
        let judgements = try Studies.judgements(in: name)
        // Who won is all that these files tell; there is no first place.
        let estimator = ScaleEstimator(settings: .init(positionBiasDeviation: nil))
        let scale = estimator.estimate(items: Studies.items(of: judgements), judgements: judgements)
        let agreements = judgements.count { lead(of: $0, on: scale) > 0 }
        #expect(Double(agreements) / Double(judgements.count) > 0.65)
        #expect(scale.positionBias == 0)
        #expect(scale.positionBiasStandardError == 0)
        for item in scale.items {
            #expect(scale.estimate(of: item).ability.isFinite)
            #expect(scale.estimate(of: item).standardError > 0)
        }
    }
}

/// By how much the winner of a judgement leads on a scale.
private func lead(of judgement: Judgement, on scale: Scale) -> Double {
    let lead = scale.estimate(of: judgement.comparison.first).ability - scale.estimate(of: judgement.comparison.second).ability
    return judgement.outcome == .first ? lead : -lead
}

@Suite("Published figures", .enabled(if: Studies.areHere, "../shared/data/cj-studies is not there"))
struct PublishedFigureTests {
    struct Study: Sendable, CustomTestStringConvertible {
        let name: String
        let items: Int
        let judgements: Int
        let reliability: Double
        let separation: Double
        let splitHalves: Double

        var testDescription: String { name }
    }

    static let studies: [Study] = {
        guard let text = try? String(contentsOf: Studies.folder.appending(path: "published.csv"), encoding: .utf8) else {
            // Without the data the suite is skipped.
            return []
        }
        return text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
            let fields = line.split(separator: ",")
            guard fields.count > 5, let items = Int(fields[1]), let judgements = Int(fields[2]),
                let reliability = Double(fields[3]), let separation = Double(fields[4]), let splitHalves = Double(fields[5])
            else { return nil }
            return Study(
                name: String(fields[0]), items: items, judgements: judgements, reliability: reliability, separation: separation,
                splitHalves: splitHalves)
        }
    }()

    @Test("There are ten of them")
    func count() {
        #expect(Self.studies.count == 10)
    }

    @Test("Corrected likelihood with ε = 0.3 gives each study's reliability to 0.0005", arguments: studies)
    func reliability(study: Study) throws {
        let judgements = try Studies.judgements(in: study.name + ".csv")
        let scale = CorrectedLikelihood().estimate(judgements)
        #expect(scale.items.count == study.items)
        #expect(scale.judgementCount == study.judgements)
        #expect((scale.scaleSeparationReliability - study.reliability).magnitude < 0.0001)
        #expect((scale.separationRatio - study.separation).magnitude < 0.001 * study.separation)
    }

    @Test("Halves of the judges agree as much as published, but for the luck of the splits", arguments: studies)
    func splitHalves(study: Study) throws {
        let judgements = try Studies.judgements(in: study.name + ".csv")
        let named = NamedJudgements(items: Studies.items(of: judgements), judgements: judgements)
        let halves = try #require(CorrectedLikelihood().splitHalves(named.judgements, splits: 50, seed: 1))
        #expect(halves.unit == .judges)
        #expect(halves.splits == 50)
        // Five items have so wide a choice of splits that the mean of fifty is uncertain by a few hundredths.
        #expect((halves.mean - study.splitHalves).magnitude < (study.items > 5 ? 0.02 : 0.05))
        #expect(halves.low < study.splitHalves && study.splitHalves < halves.high)
    }

    @Test("Preferences in published studies have about as many circles as their scales expect", arguments: studies)
    func circles(study: Study) throws {
        let judgements = try Studies.judgements(in: study.name + ".csv")
        let named = NamedJudgements(items: Studies.items(of: judgements), judgements: judgements)
        let triads = try #require(CorrectedLikelihood().estimateWithTriads(named).triads)
        #expect(triads.triads > 0)
        #expect((Double(triads.circular) - triads.expected).magnitude < 2 * triads.standardDeviation)
    }
}
