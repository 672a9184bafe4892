import CJCore

/// An alignment for a person at a terminal.
struct AlignmentText: Sendable {
    let report: AlignmentReport
    let capabilities: TerminalCapabilities

    /// Inversions that are named; the others are counted.
    private static let namedInversions = 20
    /// Passages of one anchor that are shown; the others are counted.
    private static let shownPassages = 3

    func text() -> String {
        let simulated =
            report.isSimulated
            ? ["Simulated judge: no language model has read these essays; the figures show how the program works.\n"] : []
        return (simulated + [table] + sentences).map { $0 + "\n" }.joined()
    }

    private var table: String {
        let standings = report.alignment.standings
        return TextTable(
            columns: [
                .init(title: "Rank", isNumber: true, cells: standings.map { "\($0.estimate.rank)" }),
                .init(title: "Expected", isNumber: true, cells: standings.map { Self.range($0.expectedRanks) }),
                .init(title: "Anchor", cells: standings.map { DisplayWidth.safe($0.anchor.item.rawValue) }),
                .init(title: "Grade", cells: standings.map(\.anchor.grade)),
                .init(
                    title: "Ability ± error", isNumber: true,
                    cells: standings.map { "\(number($0.estimate.ability)) ± \(number($0.estimate.standardError))" }),
                .init(title: "Won", isNumber: true, cells: standings.map { "\($0.estimate.wins)" }, dropOrder: 1),
                .init(title: "Lost", isNumber: true, cells: standings.map { "\($0.losses)" }, dropOrder: 0),
            ], nameColumn: 2, capabilities: capabilities
        ).text()
    }

    private var sentences: [String] {
        let alignment = report.alignment
        let pairs = report.pairs
        var lines = [
            "Kendall's τ-b with the grades  \(figure(alignment.kendallTau, 2))",
            "τ-b, all repeats together       \(number(alignment.pooledKendallTau)), \(interval(alignment.pooledKendallTauInterval, 2))",
            "Direct inversions              \(figure(alignment.directInversions, 1))",
            "Anchors without a win          \(figure(alignment.zeroWinAnchors, 1))",
            "\(count(report.repeats.count, "repeat")), \(count(report.judgements, "judgement")); "
                + "\(pairs.judged) of \(count(pairs.all, "pair")) of anchors were compared.",
            "The intervals say where the same figures would lie, nineteen times in twenty, in as many further repeats.",
        ]
        lines += inversions
        lines += suspects
        lines.append(cost)
        return lines
    }

    private var inversions: [String] {
        let inversions = report.alignment.inversions
        guard !inversions.isEmpty else { return ["No anchor won against one of a higher grade."] }
        let named = inversions.prefix(Self.namedInversions).map { inversion in
            "  \(name(inversion.lower)) won against \(name(inversion.higher)) in \(inversion.times) of \(inversion.judgements)"
        }
        let rest = inversions.count - named.count
        return ["Inversions:"] + named + (rest > 0 ? ["  … and \(rest) more."] : [])
    }

    private var suspects: [String] {
        guard !report.suspects.isEmpty else { return [] }
        let essays = report.suspects.flatMap { suspect in
            let shown = suspect.attempts.prefix(Self.shownPassages).map { attempt in
                "  \(DisplayWidth.safe(suspect.id)) \(attempt.kind.text(in: .english)): “\(DisplayWidth.safe(attempt.excerpt))”"
            }
            let rest = suspect.attempts.count - shown.count
            return shown + (rest > 0 ? ["  … and \(count(rest, "more passage")) of \(DisplayWidth.safe(suspect.id))."] : [])
        }
        return [
            "\(count(report.suspects.count, "anchor")) seem\(report.suspects.count == 1 ? "s" : "") to speak to the judge; "
                + "no figure takes account of it:"
        ] + essays
    }

    private var cost: String {
        if report.isSimulated { return "It cost nothing: the judge is simulated." }
        guard let cost = report.cost else { return "What it cost is not known: no price is on record for this model." }
        return "It cost \(cost.formatted(in: .english))."
    }

    private func name(_ anchor: Anchor) -> String { "\(DisplayWidth.safe(anchor.item.rawValue)) (\(anchor.grade))" }

    private func number(_ value: Double, _ decimals: Int = 2) -> String {
        DecimalText.text(value, decimals: decimals, language: .english)
    }

    private func figure(_ figure: AnchorAlignment.Figure, _ decimals: Int) -> String {
        let interval = interval(figure.interval, decimals)
        guard figure.repeats.count > 1 else { return "\(number(figure.mean, decimals)), \(interval)" }
        let each = figure.repeats.map { number($0, decimals) }.joined(separator: " ")
        return "\(number(figure.mean, decimals)), \(interval) (\(each))"
    }

    private func interval(_ interval: ClosedRange<Double>, _ decimals: Int) -> String {
        "\(number(interval.lowerBound, decimals)) to \(number(interval.upperBound, decimals))"
    }

    private static func range(_ ranks: ClosedRange<Int>) -> String {
        ranks.count == 1 ? "\(ranks.lowerBound)" : "\(ranks.lowerBound)–\(ranks.upperBound)"
    }
}
