import CJAssessmentService
import CJCore

/// What an alignment works on, read and checked before anything is started.
struct AlignInput: Sendable {
    let settings: RankSettings
    /// The anchors alone.
    let folder: EssayFolder
    /// In the order of the folder.
    let anchors: [Anchor]
    /// Essays of the folder that the table does not name.
    let leftOut: [Essay.ID]
    let qualities: [Essay.ID: Double]
    private(set) var repeats: Int
    /// Of each repeat.
    private(set) var comparisons: Int
    private(set) var seed: UInt64

    /// Orders in which a pair is shown at most, as the assessment service allows.
    private static let ordersOfPair = 2

    /// Reads the folder and the tables.
    ///
    /// - Parameter comparisons: of each repeat; nil for as many as there are pairs.
    init(_ settings: RankSettings, repeats: Int, comparisons: Int?, seed: UInt64) throws(CommandError) {
        let all = try RankInput(settings)
        self.settings = settings
        folder = EssayFolder(
            path: all.folder.path, essays: all.folder.essays.filter { all.anchors[$0.id] != nil }, skipped: all.folder.skipped)
        anchors = folder.essays.compactMap { essay in all.anchors[essay.id].map { Anchor(item: Item.ID(essay.id), grade: $0) } }
        leftOut = all.folder.essays.map(\.id).filter { all.anchors[$0] == nil }
        qualities = all.qualities
        let pairs = anchors.count * (anchors.count - 1) / 2
        guard comparisons ?? pairs <= pairs * Self.ordersOfPair else {
            throw CommandError(
                .optionOutOfRange,
                "--comparisons: \(anchors.count) anchors make at most \(pairs * Self.ordersOfPair) comparisons, each pair in both orders."
            )
        }
        let limit = CJAssessmentConfiguration().maximumComparisons
        // One that is continued has its number already.
        guard settings.resume || comparisons ?? pairs <= limit else {
            throw CommandError(.optionOutOfRange, "--comparisons: expected at most \(limit), got \(comparisons ?? pairs)")
        }
        self.repeats = repeats
        self.comparisons = comparisons ?? pairs
        self.seed = seed
    }

    /// The same anchors, for an alignment that has begun.
    func continuing(_ series: RunRecord.Series) -> AlignInput {
        var input = self
        (input.repeats, input.comparisons, input.seed) = (series.repeats, series.comparisons, series.seed)
        return input
    }

    /// What one repeat is asked to do, by its number from 1.
    func repetition(_ number: Int) -> RankInput {
        var settings = settings
        settings.anchors = nil
        settings.budget = .comparisons(comparisons)
        settings.seed = seed &+ UInt64(number - 1)
        settings.repetition = number
        return RankInput(settings, folder: folder, qualities: qualities)
    }
}
