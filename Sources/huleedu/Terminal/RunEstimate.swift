/// What a run is expected to take, told before it begins.
struct RunEstimate: Sendable, Hashable {
    var essays: Int
    var provider: String
    var model: String
    /// Comparisons expected, and the most there can be.
    var comparisons: Int
    var comparisonsAtMost: Int
    /// What one comparison should cost; nil where the model's price is not known.
    var costPerComparison: Money?
    /// Nil where the model's price is not known.
    var cost: Money?
    /// What it cannot exceed; nil where the price is not known.
    var costAtMost: Money?
    /// No language model is called.
    var simulated: Bool
    /// How the judge will be asked, and why; nil where that was no question.
    var dispatch: String?

    /// What so many like runs are expected to take together.
    func times(_ runs: Int) -> RunEstimate {
        func sum(_ money: Money?) -> Money? { money.map { Money(nanodollars: $0.nanodollars * Int64(runs)) } }
        var all = self
        all.comparisons *= runs
        all.comparisonsAtMost *= runs
        all.cost = sum(cost)
        all.costAtMost = sum(costAtMost)
        return all
    }

    /// Leaves what comes on top of what has been judged and spent.
    mutating func subtract(judged: Int, spent: Money?) {
        comparisons = max(0, comparisons - judged)
        comparisonsAtMost = max(0, comparisonsAtMost - judged)
        let spent = spent?.nanodollars ?? 0
        let most = costAtMost.map { max(0, $0.nanodollars - spent) }
        costAtMost = most.map(Money.init(nanodollars:))
        cost = costPerComparison.map { one in
            let expected = one.nanodollars * Int64(comparisons)
            return Money(nanodollars: most.map { min($0, expected) } ?? expected)
        }
    }

    /// The expectation in two or three lines.
    func text(in language: Language) -> String {
        let essays = DecimalText.count(essays, language: language)
        let comparisons = DecimalText.count(comparisons, language: language)
        let most = DecimalText.count(comparisonsAtMost, language: language)
        let who = DisplayWidth.safe("\(provider) \(model)")
        let scope = language.say(
            "\(essays) essays, judged by \(who): about \(comparisons) comparisons, at most \(most).",
            "\(essays) uppsatser, bedömda av \(who): omkring \(comparisons) jämförelser, högst \(most).")
        let how = dispatch.map { "\n\(language.say("The judge is asked", "Domaren tillfrågas")) \(DisplayWidth.safe($0))." } ?? ""
        return "\(scope)\n\(language.say("Expected cost", "Väntad kostnad")): \(costText(in: language)).\(how)"
    }

    /// The money alone, as part of a sentence.
    func costText(in language: Language) -> String {
        if simulated {
            return language.say("nothing, the judge is simulated", "ingenting, domaren är simulerad")
        }
        guard let cost else {
            return language.say("unknown, no price is on record for this model", "okänd, inget pris finns för modellen")
        }
        let expected = cost.formatted(in: language)
        guard let costAtMost else { return language.say("about \(expected)", "omkring \(expected)") }
        let most = costAtMost.formatted(in: language)
        return language.say("about \(expected), at most \(most)", "omkring \(expected), högst \(most)")
    }
}
