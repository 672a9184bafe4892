import CJCore

/// A score report for a person at a terminal.
struct ScoreText: Sendable {
    let report: ScoreReport
    let capabilities: TerminalCapabilities

    /// Judges above this infit are named: their judgements contradict the common scale more than chance would.
    static let remarkableInfit = 1.3

    func text() -> String {
        table + "\n" + sentences.map { $0 + "\n" }.joined()
    }

    private var table: String {
        let items = report.items
        return TextTable(
            columns: [
                .init(title: "Rank", isNumber: true, cells: items.map { "\($0.estimate.rank)" }),
                .init(title: "Item", cells: items.map { DisplayWidth.safe($0.id) }),
                .init(
                    title: "Ability ± error", isNumber: true,
                    cells: items.map { "\(signed($0.estimate.ability)) ± \(number($0.estimate.standardError))" }),
                .init(
                    title: "Won", isNumber: true,
                    cells: items.map { "\($0.estimate.wins) of \($0.estimate.comparisons)" }, dropOrder: 2),
                .init(
                    title: "Infit", isNumber: true, cells: items.map { $0.estimate.infit.map { number($0) } ?? "–" },
                    dropOrder: 1),
                .init(
                    title: "Outfit", isNumber: true, cells: items.map { $0.estimate.outfit.map { number($0) } ?? "–" },
                    dropOrder: 0),
            ], nameColumn: 1, capabilities: capabilities
        ).text()
    }

    private var sentences: [String] {
        var sentences = [
            "\(count(report.items.count, "item")), \(count(report.judgementCount, "judgement")), \(count(report.judges.count, "judge"))."
        ]
        let separation =
            """
            scale separation \(number(report.scaleSeparationReliability)), separation ratio \(number(report.separationRatio)), \
            \(DecimalText.text(report.strata, decimals: 1, language: .english)) strata
            """
        switch report.estimator {
        case .posterior(let deviation, let reliability, let tau):
            sentences.append(
                """
                Reliability \(number(reliability)) (\(separation)); expected Kendall's τ with the true order \(number(tau)). \
                Prior of \(number(deviation)) logits.
                """)
        case .corrected(let epsilon):
            sentences.append(
                "Corrected joint maximum likelihood, ε = \(epsilon): \(separation). It flatters where pairs were chosen by results."
            )
        }
        sentences += [halves, circles, position, report.margins?.sentence].compactMap { $0 }
        if report.componentCount > 1 {
            sentences.append(
                "The items fall into \(report.componentCount) groups that were never compared: distances between groups mean nothing."
            )
        }
        let odd = report.judges.filter { $0.fit.infit > Self.remarkableInfit && report.judges.count > 1 }
        if !odd.isEmpty {
            let names = odd.prefix(10).map { "\(DisplayWidth.safe($0.id.rawValue)) (\(number($0.fit.infit)))" }.joined(
                separator: ", ")
            sentences.append("Judges who disagree with the rest, by infit: \(names)\(odd.count > 10 ? " and others" : "").")
        }
        return sentences
    }

    private var halves: String? {
        report.splitHalves.map { halves in
            """
            Halves of the \(halves.unit.rawValue) agree with a correlation of \(number(halves.mean)), on average of \
            \(count(halves.splits, "split")), and from \(number(halves.low)) to \(number(halves.high)) in nine of ten; for all \
            \(halves.unit.rawValue) that makes \(number(halves.fullLength)).
            """
        }
    }

    private var circles: String? {
        report.triads.flatMap { triads in
            guard triads.triads > 0 else { return nil }
            let expected = DecimalText.text(triads.expected, decimals: 1, language: .english)
            let deviation = DecimalText.text(triads.standardDeviation, decimals: 1, language: .english)
            return """
                Of \(count(triads.triads, "triad")) of items that were judged on all sides, \(triads.circular) are circular; \
                the scale expects \(expected) ± \(deviation).
                """
        }
    }

    private var position: String? {
        guard let share = report.firstShare else { return nil }
        let percent = DecimalText.percent(share, language: .english)
        guard let bias = report.positionBias else {
            return "\(percent) of the judgements were for the item shown first."
        }
        return """
            The first place was preferred by \(signed(bias.logits)) ± \(number(bias.standardError)) logits: \
            \(percent) of the judgements were for it.
            """
    }

    private func number(_ value: Double) -> String { DecimalText.text(value, decimals: 2, language: .english) }
    private func signed(_ value: Double) -> String { DecimalText.signed(value, decimals: 2, language: .english) }
}

extension MarginCheck {
    /// What the margins of judgements are worth, for a person.
    var sentence: String {
        let percent = DecimalText.percent(clearShare, language: .english)
        let told = "\(percent) of \(count(judgements, "judgement")) with a margin were clear"
        guard slight.pairs + clear.pairs > 0 else { return "\(verdict): \(told)." }
        return """
            \(verdict): \(told); of those whose judge saw the pair again in the other order, \(slight.flips) of \
            \(count(slight.pairs, "slight win")) and \(clear.flips) of \(count(clear.pairs, "clear win")) were turned over.
            """
    }

    private var verdict: String {
        guard !isUsable else { return "The scale rests on margins too" }
        return areAlike
            ? "The margins are all the same and tell nothing, so the scale rests on preferences alone"
            : "The margins do not follow how far apart items are, or how surely a judge decides; the scale rests on preferences alone"
    }
}
