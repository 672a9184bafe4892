import CJCore

/// What `rank` was asked to do, every word of the command line understood and every file it names read.
struct RankSettings: Sendable, Hashable {
    /// The folder of essays.
    var folder: String
    /// What the writers were asked; nil where it is not known.
    var question: String?
    /// What the judge should look for; nil for the built-in rubric.
    var rubric: String?
    var language: Language
    /// The table of anchors; nil without anchors.
    var anchors: String?
    /// Used with anchors only.
    var scale: GradeScale
    /// Whether the scale's expected shares count.
    var usesExpectedShares = false
    /// As the LLM provider service names it; nil leaves the choice to the program.
    var provider: String?
    /// As the provider names it; nil for the provider's default.
    var model: String?
    /// 0 to 2; nil for the vendor's default.
    var temperature: Double?
    /// How finely the judge is asked to answer.
    var levels: VerdictLevels
    /// Whether the judge is asked in batches.
    var dispatch = DispatchOption.immediate
    /// What the simulated judge goes by.
    var qualities: QualitiesArgument?
    /// Nil for a default that follows from the number of essays.
    var budget: Budget?
    /// How long it may take; nil for as long as it takes.
    var timeLimit: Duration?
    /// What to reach before stopping.
    var goal: StoppingGoal
    /// From which every choice follows, together with the order in which judgements arrive; nil for a seed drawn at the start, which
    /// the outputs name.
    var seed: UInt64?
    /// Comparisons with the judge at once; nil for the service's default.
    var concurrency: Int?
    var pairing: PairingChoice
    /// Continue an earlier run over this folder, however it ended.
    var resume: Bool
    /// Which of several like runs this is, from 1; nil for a run that stands by itself.
    var repetition: Int?
    var output: Output

    /// What is shown and written.
    struct Output: Sendable, Hashable {
        /// JSON on standard output instead of the table.
        var json: Bool
        /// Path of the HTML report.
        var report: String?
        /// Do not ask before spending money.
        var yes: Bool
        /// No progress, no table.
        var quiet: Bool
        var colour: Bool
        /// Folder in which the program keeps its database; nil for the user's data folder.
        var dataFolder: String?
        /// Server in which the run makes its database; nil for the program's own.
        var database: String?
    }
}
