/// What a command line says of the size of the alignment that it means; nil where it leaves it open.
struct AlignSeriesChoice: Sendable, Hashable {
    var repeats: Int?
    /// Of each repeat.
    var comparisons: Int?
    var seed: UInt64?

    /// The first alignment that all of it fits.
    ///
    /// Refused where there is none; the option that contradicts the first of them is named then.
    func choose(among series: [RunRecord.Series]) throws(CommandError) -> RunRecord.Series {
        guard let first = series.first else { throw RankRun.nothingToResume }
        if let fitting = series.first(where: { contradiction(with: $0) == nil }) { return fitting }
        let (option, value) = contradiction(with: first) ?? ("", "")
        throw CommandError(
            .optionsConflict,
            "\(option) says something else than the alignment to be continued, which has \(value); leave it out, or start anew without --resume."
        )
    }

    /// The option that says something else, and what there is instead.
    private func contradiction(with series: RunRecord.Series) -> (option: String, value: String)? {
        if let repeats, repeats != series.repeats { return ("--repeats", "\(series.repeats)") }
        if let comparisons, comparisons != series.comparisons { return ("--comparisons", "\(series.comparisons)") }
        if let seed, seed != series.seed { return ("--seed", "\(series.seed)") }
        return nil
    }
}
