import CJCore
import Glibc

@testable import huleedu

/// A made-up assessment for looking at and for testing: essays of known ability, judged by a seeded logistic judge, scaled with
/// a plain gradient ascent.
struct SampleReport {
    var essays = 12
    var judgementsPerEssay = 14
    var language = Language.english
    var isGraded = false
    var isSimulated = false
    var hasCutScores = true
    var seed: UInt64 = 7

    private static let reasons = [
        "The first essay takes a clear stand in its opening and keeps to it; every paragraph adds a reason. The second repeats itself and never answers the question.",
        "Both understand the task, but the second supports its claims with examples from school and handles an objection. The first mostly asserts.",
        "The language of the first is simple yet correct; the second has so many errors in tense and agreement that the reader has to guess.",
        "Close. The second has the better ending and a wider vocabulary, the first a tighter structure. In the end the argument of the second carries further.",
        "Den första uppsatsen för ett resonemang och bemöter en invändning; den andra räknar upp åsikter utan att knyta ihop dem.",
    ]

    /// The same assessment before anything was judged, as the service tells it: zeros where there is nothing to tell.
    func makeUnjudged() -> RankingReport {
        var report = make()
        report.comparisons = []
        report.reliability = nil
        report.history = []
        report.cutScores = []
        report.gradingNotes = []
        report.items = report.items.map { item in
            RankingReport.Item(
                id: item.id, rank: 0, ability: 0, standardError: 0, comparisons: 0, wins: 0, shownFirst: 0, infit: nil,
                anchorGrade: item.anchorGrade, scaleGrade: nil, gradeProbabilities: [], text: item.text)
        }
        report.stop = .init(reason: .judgeFailed, failure: "HTTP 401: invalid x-api-key")
        return report
    }

    func make() -> RankingReport {
        var random = SplitMix(state: seed)
        let truth = (0..<essays).map { _ in random.normal() * 1.7 }
        let pairs = drawPairs(truth, &random)
        let outcomes = pairs.map { pair in
            random.unit() < Logistic.probability(truth[pair.first] - truth[pair.second] - 0.2)
        }
        let scale = fit(pairs, outcomes)
        let order = (0..<essays).sorted { scale.abilities[$0] > scale.abilities[$1] }
        let names = (0..<essays).map { "essay-\($0 < 9 ? "0" : "")\($0 + 1).txt" }
        let cuts = [-2.1, -1.0, 0.1, 1.1, 2.2]
        let grades = ["F", "E", "D", "C", "B", "A"]
        let comparisons = pairs.indices.map { place in
            RankingReport.Comparison(
                number: place + 1, first: names[pairs[place].first], second: names[pairs[place].second],
                state: place == 3 ? .failed : .judged, outcome: place == 3 ? nil : outcomes[place] ? .first : .second,
                confidence: place == 3 ? nil : 1 + Int(random.unit() * 5),
                rationale: place == 3 ? "" : Self.reasons[place % Self.reasons.count],
                cost: Money(nanodollars: 2_100_000 + Int64(random.unit() * 900_000)),
                requestID: "01j-\(String(random.next() % 0xFFFF_FFFF, radix: 16))",
                promptSHA256: String(repeating: "9f86d081884c7d65", count: 4), model: "example-model-4",
                failure: place == 3 ? "The provider answered three times with something that is no verdict." : "")
        }
        let items = order.enumerated().map { rank, item in
            let own = comparisons.filter { $0.outcome != nil && ($0.first == names[item] || $0.second == names[item]) }
            let probabilities = probabilities(scale.abilities[item], scale.errors[item], cuts: cuts)
            let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
            let anchor = isGraded && rank % max(2, essays / 5) == 1 ? grades[best] : nil
            return RankingReport.Item(
                id: names[item], rank: rank + 1, ability: scale.abilities[item], standardError: scale.errors[item],
                comparisons: own.count, wins: own.count { $0.winner == names[item] },
                shownFirst: own.count { $0.first == names[item] },
                infit: 0.6 + random.unit() * 0.85, anchorGrade: anchor, scaleGrade: isGraded ? grades[best] : nil,
                gradeProbabilities: isGraded ? zip(grades, probabilities).map { .init(grade: $0, probability: $1) } : [],
                text:
                    "School should begin later.\n\nIn the morning the young brain still sleeps. That is not laziness but biology, and a school that starts at eight teaches half its pupils in their night.\n\nI know what is said against it: parents work, buses run. But buses can run later."
            )
        }
        return report(items: items, comparisons: comparisons, cuts: cuts, grades: grades)
    }

    private func report(
        items: [RankingReport.Item], comparisons: [RankingReport.Comparison], cuts: [Double], grades: [String]
    ) -> RankingReport {
        let variance = items.map { $0.ability * $0.ability }.reduce(0, +) / Double(max(1, items.count - 1))
        let squares = items.map { $0.standardError * $0.standardError }.reduce(0, +)
        let error = squares / Double(items.count)
        let posterior = variance / (variance + squares / Double(max(1, items.count - 1)))
        let history = stride(from: max(2, essays / 4), through: comparisons.count, by: max(1, comparisons.count / 60)).map {
            judged in
            let share = Double(judged) / Double(comparisons.count)
            return RankingReport.ScalePoint(
                judged: judged, posterior: posterior * (1 - exp(-3.2 * share)) / (1 - exp(-3.2)) + 0.012 * sin(share * 40),
                scaleSeparation: (1 - error / variance) * (1 - exp(-4.5 * share)) - 0.1 * (1 - share), cost: nil)
        }
        return RankingReport(
            assessmentID: "2026-11-23-k3v9q2", title: language.say("english", "svenska"),
            question: language.say(
                "Should school start later in the morning? Take a stand and give reasons.",
                "Bör skolan börja senare på morgonen? Ta ställning och motivera."),
            rubric: "Argument, structure, language.", isRubricBuiltIn: false, language: language,
            started: WallTime(unixSeconds: 1_795_446_000, utcOffsetSeconds: 3600),
            finished: WallTime(unixSeconds: 1_795_446_143, utcOffsetSeconds: 3600), seed: seed, pairing: .information,
            limits: .init(
                goal: .reliability(0.85), comparisons: 200, money: Money(nanodollars: 2_500_000_000), concurrency: nil),
            items: items,
            comparisons: comparisons, grades: isGraded ? grades : [],
            cutScores: isGraded && hasCutScores
                ? zip(grades.dropFirst(), cuts).map { .init(grade: $0, ability: $1, standardError: 0.4) } : [],
            gradingNotes: isGraded ? [.gradesWithoutAnchor(["E"])] : [],
            reliability: .init(
                posterior: posterior, scaleSeparation: 1 - error / variance, separationRatio: (variance / error).squareRoot(),
                expectedKendallTau: 0.74, priorStandardDeviation: 1.8, low: 0.78,
                high: 0.9),
            history: history,
            judge: .init(
                provider: isSimulated ? "simulated" : "anthropic", model: "example-model-4", promptVersion: "judge-en-1",
                temperature: 0.2, simulated: isSimulated, positionBias: -0.21, positionBiasStandardError: 0.09,
                positionBiasPrior: 0.3, firstShare: 0.46, infit: 0.94, outfit: 1.08, meanConfidence: 3.4, verdictLevels: 4,
                tieShare: 0),
            stop: .init(reason: posterior >= 0.85 ? .converged : .comparisonBudget, failure: ""),
            cost: .init(
                total: Money(nanodollars: 231_400_000), cacheSavings: Money(nanodollars: 188_000_000),
                providerCalls: comparisons.count + 3),
            skipped: [SkippedFile(name: ".DS_Store", reason: .hidden), SkippedFile(name: "notes.docx", reason: .otherExtension)])
    }

    private func drawPairs(_ truth: [Double], _ random: inout SplitMix) -> [(first: Int, second: Int)] {
        let wanted = essays * judgementsPerEssay / 2
        var pairs: [(first: Int, second: Int)] = []
        var counts = [Int](repeating: 0, count: essays)
        while pairs.count < wanted {
            let fewest = counts.min() ?? 0
            let left = counts.firstIndex(of: fewest) ?? 0
            let right = Int(random.next() % UInt64(essays))
            let distance = abs(truth[left] - truth[right])
            guard left != right, counts[right] <= fewest + 2, random.unit() < exp(-distance * 0.5) else { continue }
            pairs.append(random.unit() < 0.5 ? (left, right) : (right, left))
            counts[left] += 1
            counts[right] += 1
        }
        return pairs
    }

    private func fit(_ pairs: [(first: Int, second: Int)], _ outcomes: [Bool]) -> (abilities: [Double], errors: [Double]) {
        var abilities = [Double](repeating: 0, count: essays)
        var information = abilities
        for _ in 0..<300 {
            var gradient = abilities.map { -$0 / 3.24 }
            information = [Double](repeating: 1 / 3.24, count: essays)
            for (pair, won) in zip(pairs, outcomes) {
                let expected = Logistic.probability(abilities[pair.first] - abilities[pair.second])
                let residual = (won ? 1 : 0) - expected
                gradient[pair.first] += residual
                gradient[pair.second] -= residual
                for item in [pair.first, pair.second] { information[item] += expected * (1 - expected) }
            }
            for item in abilities.indices { abilities[item] += 0.3 * gradient[item] / information[item] }
        }
        let mean = abilities.reduce(0, +) / Double(essays)
        return (abilities.map { $0 - mean }, information.map { 1 / $0.squareRoot() })
    }

    private func probabilities(_ ability: Double, _ error: Double, cuts: [Double]) -> [Double] {
        let below = cuts.map { Logistic.probability(1.7 * ($0 - ability) / error) }
        let edges = [0] + below + [1]
        return (1..<edges.count).map { edges[$0] - edges[$0 - 1] }
    }
}

/// A seeded source of numbers (SplitMix64).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 up to 1.
    mutating func unit() -> Double { Double(next() >> 11) / Double(UInt64(1) << 53) }

    mutating func normal() -> Double {
        (-2 * log(max(unit(), 1e-12))).squareRoot() * cos(2 * .pi * unit())
    }
}
