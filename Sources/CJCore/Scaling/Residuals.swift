/// Sums of what judgements differ by from what their scale expected, by item, by judge and in all.
struct Residuals {
    fileprivate struct Sums {
        var squares = 0.0
        var information = 0.0
        var standardised = 0.0
        var comparisons = 0.0
        var wins = 0.0
        var shownFirst = 0.0
    }

    private var sums: [Sums]
    private var judgeSums: [Sums]
    private var whole = Sums()

    /// Compares a table with what a scale expected.
    ///
    /// - Parameter expected: Share of a win that the first item of a cell was expected to take, and the variance of that share.
    init(table: ComparisonTable, expected: (ComparisonTable.Cell) -> (mean: Double, variance: Double)) {
        sums = Array(repeating: Sums(), count: table.itemCount)
        judgeSums = Array(repeating: Sums(), count: table.judgeCount)
        for cell in table.cells {
            let (mean, spread) = expected(cell)
            // Keeps a judgement that was as good as certain from dividing by zero.
            let variance = max(spread, 1e-300)
            let surprise = cell.response.firstScore - mean
            let squares = cell.weight * surprise * surprise
            let wins = cell.response == .tie ? 0 : cell.firstWins
            let losses = cell.response == .tie ? 0 : cell.weight - cell.firstWins
            var own = Sums(
                squares: squares, information: cell.weight * variance, standardised: squares / variance,
                comparisons: cell.weight, wins: wins, shownFirst: cell.weight)
            Self.add(own, to: &sums[Int(cell.first)])
            Self.add(own, to: &whole)
            Self.add(own, to: &judgeSums[Int(cell.judge)])
            own.wins = losses
            own.shownFirst = 0
            Self.add(own, to: &sums[Int(cell.second)])
        }
    }

    /// Misfit of all judgements together.
    var total: JudgeFit? { JudgeFit(whole) }

    /// Misfit of the judgements of each judge, in the order of the table.
    var byJudge: [JudgeFit?] { judgeSums.map { JudgeFit($0) } }

    /// Puts an item's counts and misfit beside its ability.
    func estimate(of item: Int, ability: Double, variance: Double, rank: Int) -> ItemEstimate {
        let own = sums[item]
        return ItemEstimate(
            ability: ability, standardError: max(0, variance).squareRoot(), rank: rank,
            comparisons: Int(own.comparisons.rounded()),
            wins: Int(own.wins.rounded()), shownFirst: Int(own.shownFirst.rounded()),
            infit: own.comparisons > 0 ? own.squares / own.information : nil,
            outfit: own.comparisons > 0 ? own.standardised / own.comparisons : nil)
    }

    private static func add(_ part: Sums, to sums: inout Sums) {
        sums.squares += part.squares
        sums.information += part.information
        sums.standardised += part.standardised
        sums.comparisons += part.comparisons
        sums.wins += part.wins
        sums.shownFirst += part.shownFirst
    }
}

extension JudgeFit {
    fileprivate init?(_ sums: Residuals.Sums) {
        guard sums.comparisons > 0 else { return nil }
        self.init(
            judgements: Int(sums.comparisons.rounded()), infit: sums.squares / sums.information,
            outfit: sums.standardised / sums.comparisons, firstShare: sums.wins / sums.comparisons)
    }
}
