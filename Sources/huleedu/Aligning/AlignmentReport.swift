import CJCore

/// How well a judge agreed with the grades of the anchors.
struct AlignmentReport: Sendable {
    let input: AlignInput
    /// The runs, in order.
    let repeats: [RankingReport]
    let alignment: AnchorAlignment

    /// Compares what the runs found with the grades.
    init(input: AlignInput, repeats: [RankingReport]) throws(CommandError) {
        self.input = input
        self.repeats = repeats
        do {
            alignment = try AnchorAlignment(
                anchors: input.anchors, gradeScale: input.settings.scale,
                repeats: repeats.map { $0.judgements.compactMap(\.judgement) },
                seed: input.seed)
        } catch {
            throw CommandError(.anchorsAlike, "The anchors cannot be compared: \(error.message).", cause: error)
        }
    }

    var isSimulated: Bool { repeats.contains { $0.judge.simulated } }
    var judgements: Int { repeats.reduce(0) { $0 + $1.judgements.count } }

    /// Pairs of anchors that were judged at least once, and all that there are.
    var pairs: (judged: Int, all: Int) {
        let judged = Set(repeats.flatMap { $0.judgements.map { Set([$0.first, $0.second]) } })
        return (judged.count, input.anchors.count * (input.anchors.count - 1) / 2)
    }

    /// Anchors that seem to speak to the judge; each repeat has looked at the same texts.
    var suspects: [RankingReport.Suspect] {
        var seen: Set<String> = []
        return repeats.flatMap(\.suspects).filter { seen.insert($0.id).inserted }
    }

    /// What all repeats cost; nil where a price is not known.
    var cost: Money? {
        let costs = repeats.map(\.cost.total)
        guard costs.allSatisfy({ $0 != nil }) else { return nil }
        return Money(nanodollars: costs.reduce(0) { $0 + ($1?.nanodollars ?? 0) })
    }
}

extension RankingReport.Comparison {
    /// For the estimator; nil where there is no judgement.
    fileprivate var judgement: Judgement? {
        guard let outcome, let core = CJCore.Outcome(rawValue: outcome.rawValue),
            // The service has compared two different essays.
            let comparison = try? CJCore.Comparison(first: Item.ID(first), second: Item.ID(second))
        else { return nil }
        return Judgement(
            comparison: comparison, outcome: core, margin: margin.flatMap { CJCore.Margin(rawValue: $0.rawValue) },
            judge: Judge.ID(model))
    }
}
