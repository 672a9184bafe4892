import CJCore
import Contracts
import Foundation
import Testing

@testable import huleedu

@Suite struct ContractReportTests {
    /// Twelve essays of known quality, judged 120 times by a logistic judge who prefers the first place.
    private static let scale: Scale = {
        var random = SplitMix(state: 11)
        let ids = (1...12).map { Item.ID("essay-\($0)") }
        let judgements = (0..<120).map { turn -> Judgement in
            let (one, other) = (turn % 12, (turn % 12 + 1 + Int(random.next() % 11)) % 12)
            let isFirst = random.unit() < Logistic.probability(Double(one - other) * 0.6 + 0.4)
            guard let comparison = try? CJCore.Comparison(first: ids[one], second: ids[other]) else {
                preconditionFailure("the distance between the two is 1 to 11 of 12")
            }
            return Judgement(comparison: comparison, outcome: isFirst ? .first : .second, judge: "judge")
        }
        return ScaleEstimator().estimate(items: ids, judgements: judgements)
    }()

    private func report(
        _ change: (inout CJV1.GetAssessmentResponse) -> Void = { _ in }, budget: Budget? = nil, rubric: String? = nil
    ) -> RankingReport {
        let scale = Self.scale
        let ordered = scale.items.sorted { scale.estimate(of: $0).rank < scale.estimate(of: $1).rank }
        var response = CJV1.GetAssessmentResponse(
            progress: CJV1.AssessmentProgress(assessmentID: "run-1", maxComparisons: 132, targetReliability: 0.9),
            items: ordered.map { item in
                let estimate = scale.estimate(of: item)
                return CJV1.RankedItem(
                    essayID: item.rawValue, rank: UInt32(estimate.rank), ability: estimate.ability,
                    standardError: estimate.standardError)
            },
            reliability: CJV1.Reliability(
                posteriorReliability: scale.reliability.posteriorReliability,
                scaleSeparationReliability: scale.reliability.scaleSeparationReliability,
                separationRatio: scale.reliability.separationRatio,
                posteriorReliabilityLow: scale.reliability.low, posteriorReliabilityHigh: scale.reliability.high),
            judge: CJV1.JudgeDiagnostics(positionBiasPrior: 0.3),
            grades: ["C", "B", "A"])
        change(&response)
        let output = RankSettings.Output(json: true, report: nil, yes: false, quiet: false, colour: false, dataFolder: nil)
        let settings = RankSettings(
            folder: "essays", question: nil, rubric: rubric, language: .swedish, anchors: nil, scale: .swedish, provider: nil,
            model: nil, temperature: 0.5, levels: .four, qualities: nil, budget: budget, goal: .reliability(0.9), seed: 1,
            concurrency: 7,
            pairing: .information, resume: false, output: output)
        let moment = WallTime(unixSeconds: 0, utcOffsetSeconds: 0)
        return RankingReport(
            response, comparisons: [],
            background: .init(
                settings: settings, essays: EssayFolder(path: "essays", essays: [], skipped: []), seed: 1, started: moment,
                finished: moment))
    }

    @Test func theSeparationFollowsFromTheJSONAloneAndTheReliabilityComesWithItsInterval() throws {
        struct Ranking: Decodable {
            struct Item: Decodable {
                let ability: Double
                let standardError: Double
            }
            let items: [Item]
            let posteriorReliability: Double
            let posteriorReliabilityLow: Double
            let posteriorReliabilityHigh: Double
            let scaleSeparationReliability: Double
            let separationRatio: Double
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let json = try decoder.decode(Ranking.self, from: Data(report().json.text().utf8))
        let count = Double(json.items.count)
        let variance = json.items.reduce(0) { $0 + $1.ability * $1.ability } / (count - 1)
        let squares = json.items.reduce(0) { $0 + $1.standardError * $1.standardError }
        #expect(abs(json.scaleSeparationReliability - (1 - squares / count / variance)) < 1e-12)
        #expect(abs(json.separationRatio - (variance / (squares / count)).squareRoot()) < 1e-12)
        // It rests on the covariances too, which the JSON does not hold; without them it comes out nearly the same.
        #expect((json.posteriorReliability - variance / (variance + squares / (count - 1))).magnitude < 0.05)
        #expect(json.posteriorReliabilityLow < json.posteriorReliability)
        #expect(json.posteriorReliability < json.posteriorReliabilityHigh && json.posteriorReliabilityHigh < 1)
    }

    @Test func theBordersBetweenGradesArrive() {
        let report = report {
            $0.cutScores = [
                CJV1.CutScore(grade: "B", ability: -0.5, standardError: 0.25),
                CJV1.CutScore(grade: "A", ability: 1.5, standardError: 0.5),
            ]
            $0.items[0].grade = "A"
        }
        #expect(
            report.cutScores == [
                .init(grade: "B", ability: -0.5, standardError: 0.25), .init(grade: "A", ability: 1.5, standardError: 0.5),
            ])
        #expect(ScaleSection(context: ReportContext(report)).html.markup.contains("class=\"bandname\""))
    }

    @Test func stepsTheCheckOfAnchorsAndSuspectsArrive() throws {
        let report = report {
            $0.grades = ["C", "B", "A"]
            $0.items[0].grade = "B"
            $0.items[0].gradeStep = .plus
            $0.anchorCheck = CJV1.AnchorCheck(
                anchors: [
                    CJV1.CheckedAnchor(essayID: "a", grade: "A", predictedGrade: "C", error: -2, probability: 0.25),
                    CJV1.CheckedAnchor(essayID: "b", grade: "C"),
                ], pairs: 1, inversions: 1, meanError: 2, bias: -2, worstError: 2)
            $0.suspectEssays = [
                CJV1.SuspectEssay(
                    essayID: "a",
                    attempts: [CJV1.InstructionAttempt(kind: .demand, start: 3, length: 5, excerpt: Array("<pick>".utf8))])
            ]
        }
        #expect(report.items[0].gradeWithStep == "B+")
        #expect(report.anchorCheck?.anchors.map(\.predicted) == ["C", nil] && report.anchorCheck?.bias == -2)
        #expect(report.suspects == [.init(id: "a", attempts: [.init(kind: .demand, start: 3, length: 5, excerpt: "<pick>")])])
        let json = report.json.text()
        #expect(json.contains("\"scale_step\": \"+\"") && json.contains("\"worst_error\": 2"))
        #expect(json.contains("\"suspect_essays\"") && json.contains("\"kind\": \"demand\""))
        let html = RankingSection(context: ReportContext(report)).html.markup
        #expect(html.contains("tycks vända sig till domaren") && html.contains("&lt;pick&gt;"))
        #expect(report.suspectSentence?.contains("1 uppsats tycks") == true)
    }

    @Test func gradingNotesArriveWithTheirValues() {
        let report = report {
            $0.gradingNotes = [
                CJV1.GradingNote(code: .gradesWithoutAnchor, grades: ["C"]),
                CJV1.GradingNote(code: .anchorsInverted, grades: ["C", "A"], essayIds: ["a", "b"]),
                CJV1.GradingNote(code: .essaysUnconnected),
                CJV1.GradingNote(code: .anchorsContradicted, anchorPairs: 5, contradictedPairs: 3),
                CJV1.GradingNote(code: .tooFewGrades), CJV1.GradingNote(code: .anchorsUnusable),
                CJV1.GradingNote(), CJV1.GradingNote(code: .anchorsInverted, grades: ["C", "A"], essayIds: ["a"]),
            ]
        }
        #expect(
            report.gradingNotes == [
                .gradesWithoutAnchor(["C"]),
                .anchorsInverted(lower: .init(id: "a", grade: "C"), higher: .init(id: "b", grade: "A")),
                .essaysUnconnected, .anchorsContradicted(pairs: 3, of: 5), .tooFewGrades, .anchorsUnusable, .unknown, .unknown,
            ])
    }

    @Test func theSettingsOfTheRunArrive() throws {
        let report = report(budget: .money(Money(nanodollars: 5)))
        #expect(report.limits == .init(goal: .reliability(0.9), comparisons: 132, money: Money(nanodollars: 5), concurrency: 7))
        #expect(report.judge.temperature == 0.5 && report.judge.positionBiasPrior == 0.3)
        #expect(report.isRubricBuiltIn && report.rubric == PromptTemplate(language: "sv")?.builtInRubric)
        let own = self.report(budget: .comparisons(9), rubric: "Be kind.")
        #expect(!own.isRubricBuiltIn && own.rubric == "Be kind." && own.limits.money == nil)
    }

    @Test func nothingIsRankedWithoutReliability() {
        #expect(report().isRanked)
        #expect(!report { $0.reliability = nil }.isRanked)
    }
}
