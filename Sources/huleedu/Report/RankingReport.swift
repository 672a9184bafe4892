/// One finished (or stopped) assessment with everything that an output says about it.
struct RankingReport: Sendable, Hashable {
    var assessmentID: String
    /// What the report is called; usually the folder's name.
    var title: String
    /// What the writers were asked; nil where it is not known.
    var question: String?
    /// What the judge was told to look for.
    var rubric: String
    /// Whether the rubric is the one that comes with the program.
    var isRubricBuiltIn: Bool
    /// The language of the prompt and of the report.
    var language: Language
    var started: WallTime
    var finished: WallTime
    /// From which every choice of the run followed, together with the order in which judgements arrived.
    var seed: UInt64
    /// How pairs were chosen.
    var pairing: PairingChoice
    var limits: Limits
    /// By rank, best first; in the folder's order where nothing was judged.
    var items: [Item]
    /// In the order in which they were scheduled.
    var comparisons: [Comparison]
    /// Low to high; empty without anchors.
    var grades: [String]
    /// Borders between grades, low to high; empty where they are not known.
    var cutScores: [CutScore]
    /// Why grades are wide or missing.
    var gradingNotes: [GradingNote]
    /// How well the anchors foretell each other; nil without grades.
    var anchorCheck: AnchorCheck?
    /// Essays that seem to speak to the judge, in the order in which they were handed over.
    var suspects: [Suspect] = []
    /// Nil where nothing was judged.
    var reliability: Reliability?
    /// Nil where nothing was judged, and where only the limits stop the run.
    var goalProgress: GoalProgress?
    /// How the figures moved, oldest first.
    var history: [ScalePoint]
    var judge: Judge
    var stop: Stop
    var cost: Cost
    /// Entries of the folder that were left out.
    var skipped: [SkippedFile]

    /// Whether there is a ranking: ranks, abilities and errors mean something only where something was judged.
    var isRanked: Bool { reliability != nil }

    /// Whether essays were graded.
    var isGraded: Bool { isRanked && !grades.isEmpty && items.contains { $0.scaleGrade != nil } }

    /// The essays whose grades were given.
    var anchors: [Item] { items.filter { $0.anchorGrade != nil } }

    /// The comparisons that brought a judgement.
    var judgements: [Comparison] { comparisons.filter { $0.outcome != nil } }
}

extension RankingReport {
    /// One essay and where it came out.
    struct Item: Sendable, Hashable {
        /// The file's name.
        var id: String
        /// From 1; essays with the same ability share a rank.
        var rank: Int
        /// Logits, in the gauge in which all essays sum to zero.
        var ability: Double
        /// Logits, in the same gauge.
        var standardError: Double
        /// Judgements it took part in.
        var comparisons: Int
        var wins: Int
        /// How often the judge saw it first.
        var shownFirst: Int
        /// Mean square of the residuals, weighted by information; 1 is expected. Nil where there is too little to say.
        var infit: Double?
        /// The grade it came with; nil for all but anchors.
        var anchorGrade: String?
        /// The most probable grade by the scale, an anchor's as well; nil without anchors.
        var scaleGrade: String?
        /// Low to high; empty without anchors.
        var gradeProbabilities: [GradeProbability]
        /// The essay itself; nil leaves it out of the report.
        var text: String?
        /// "-" or "+" where the essay lies in that part of its grade by the scale, and the scale has such a step; otherwise empty.
        var scaleStep = ""

        /// The grade the essay has: an anchor's is the one it came with, whatever the scale makes of it.
        var grade: String? { anchorGrade ?? scaleGrade }
        /// The same with its step, as people read it.
        var gradeWithStep: String? { anchorGrade ?? scaleGrade.map { $0 + scaleStep } }
    }

    /// How probable one grade is for one essay.
    struct GradeProbability: Sendable, Hashable {
        var grade: String
        /// 0 to 1.
        var probability: Double
    }

    /// Two essays put to the judge, and what came of it.
    struct Comparison: Sendable, Hashable {
        /// Counts from one.
        var number: Int
        /// Ids in the order in which the judge saw them.
        var first: String
        var second: String
        var state: State
        /// Nil where there is no judgement.
        var outcome: Outcome?
        /// How far apart the judge saw the essays; nil where it was not asked, or is undecided.
        var margin: Margin?
        /// From 1, a guess, to 5, certain; nil where there is no judgement.
        var confidence: Int?
        /// The judge's reason; empty where there is none.
        var rationale: String
        /// Nil where the price is not known.
        var cost: Money?
        var requestID: String
        /// Sixty-four hexadecimal digits.
        var promptSHA256: String
        var model: String
        /// Why it failed, for a person to read; empty otherwise.
        var failure: String

        /// The id of the essay that was preferred.
        var winner: String? {
            switch outcome {
            case .first: first
            case .second: second
            case .tie, .none: nil
            }
        }

        /// The id of the other essay.
        func opponent(of id: String) -> String { id == first ? second : first }
    }

    /// Where a comparison stands.
    enum State: String, Sendable, Hashable, CaseIterable {
        case inFlight = "in_flight"
        case judged
        case failed
        case cancelled
    }

    /// Which essay was preferred, if either.
    enum Outcome: String, Sendable, Hashable, CaseIterable {
        case first, second, tie
    }

    /// How much better the preferred essay is.
    enum Margin: String, Sendable, Hashable, CaseIterable {
        case slight, clear
    }
}
