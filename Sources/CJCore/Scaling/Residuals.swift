/// Sums of what judgements differ by from what their scale expected, by item and in all.
struct Residuals {
    private struct Sums {
        var squares = 0.0
        var information = 0.0
        var standardised = 0.0
        var comparisons = 0.0
        var wins = 0.0
        var shownFirst = 0.0
    }

    private var sums: [Sums]
    private var whole = Sums()

    /// Compares a table with what a scale expected.
    ///
    /// - Parameter advantage: logit of the first item's winning.
    init(table: ComparisonTable, advantage: (ComparisonTable.Cell) -> Double) {
        sums = Array(repeating: Sums(), count: table.items.count)
        for cell in table.cells {
            let probability = ElementaryFunctions.logistic(advantage(cell))
            // Keeps a judgement that was as good as certain from dividing by zero.
            let variance = max(probability * (1 - probability), 1e-300)
            let losses = cell.count - cell.firstWins
            let squares = cell.firstWins * (1 - probability) * (1 - probability) + losses * probability * probability
            var cellSums = Sums(
                squares: squares, information: cell.count * variance, standardised: squares / variance,
                comparisons: cell.count, wins: cell.firstWins, shownFirst: cell.count)
            Self.add(cellSums, to: &sums[cell.first])
            Self.add(cellSums, to: &whole)
            cellSums.wins = losses
            cellSums.shownFirst = 0
            Self.add(cellSums, to: &sums[cell.second])
        }
    }

    /// Misfit of all judgements together.
    var total: JudgeFit? {
        guard whole.comparisons > 0 else { return nil }
        return JudgeFit(
            judgements: Int(whole.comparisons), infit: whole.squares / whole.information,
            outfit: whole.standardised / whole.comparisons, firstShare: whole.wins / whole.comparisons)
    }

    /// Puts an item's counts and misfit beside its ability.
    func estimate(of item: Int, ability: Double, variance: Double, rank: Int) -> ItemEstimate {
        let own = sums[item]
        return ItemEstimate(
            ability: ability, standardError: max(0, variance).squareRoot(), rank: rank, comparisons: Int(own.comparisons),
            wins: Int(own.wins), shownFirst: Int(own.shownFirst),
            infit: own.comparisons > 0 ? own.squares / own.information : nil)
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
