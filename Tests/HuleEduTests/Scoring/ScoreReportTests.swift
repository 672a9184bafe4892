import CJCore
import Testing

@testable import huleedu

@Suite("Scoring judgements")
struct ScoreReportTests {
    private func input(_ text: String) throws -> ScoreInput {
        var file = JudgementFile(name: "j.csv")
        try file.append(Array(text.utf8))
        try file.end()
        return ScoreInput(file)
    }

    private let positions = """
        judge,first,second,winner
        m,a,b,b
        m,b,c,c
        m,c,a,a
        m,a,c,c
        m,b,a,a
        m,c,b,b
        m,a,b,a
        m,b,c,b
        """

    @Test("A preference for a place is told with its error, and the ranking stands without it")
    func positionBias() throws {
        let report = try ScoreReport.posterior(of: input(positions))
        let bias = try #require(report.positionBias)
        #expect(bias.logits < 0 && bias.standardError > 0)
        #expect(report.firstShare == 0.25)
        let text = ScoreText(report: report, capabilities: .plain).text()
        #expect(text.contains("The first place was preferred by −"))
        #expect(text.contains("25% of the judgements were for it."))
    }

    @Test("Without the correction there is no bias to tell, and the share of the first place stands alone")
    func noBias() throws {
        let report = try ScoreReport.posterior(of: input(positions), reading: .init(correctsPositions: false))
        #expect(report.positionBias == nil)
        #expect(
            ScoreText(report: report, capabilities: .plain).text().contains(
                "25% of the judgements were for the item shown first."))
        let json = report.json.text()
        #expect(json.contains("\"position_bias\": null"))
        #expect(json.contains("\"first_share\": 0.25"))
        let unknown = try ScoreReport.posterior(of: input("winner,loser\na,b\nb,c\n"))
        #expect(unknown.firstShare == nil)
        #expect(unknown.json.text().contains("\"first_share\": null"))
    }

    /// Judgements by one judge of items in a row, a name each, each pair twice in either order: the better one wins.
    ///
    /// - Parameter clear: whether a win over an item so many places further down is a clear one.
    private func withMargins(clear: (Int) -> Bool) -> String {
        var text = "first,second,winner,margin\n"
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"]
        for better in names.indices {
            for worse in names.indices where worse > better {
                let margin = clear(worse - better) ? "clear" : "slight"
                // Neighbours are turned over in the other order.
                let other = worse - better == 1 ? worse : better
                text += "\(names[better]),\(names[worse]),\(names[better]),\(margin)\n"
                text += "\(names[worse]),\(names[better]),\(names[other]),\(margin)\n"
            }
        }
        return text
    }

    @Test("Margins that follow the differences count, and flips are told by margin")
    func margins() throws {
        let report = try ScoreReport.posterior(of: input(withMargins { $0 > 3 }))
        let margins = try #require(report.margins)
        #expect(margins.isUsable && margins.evidence > 0 && report.thresholds?.clear != nil)
        #expect(margins.slight.pairs == 18 && margins.slight.flips == 7 && margins.clear.pairs == 10 && margins.clear.flips == 0)
        #expect(report.json.text().contains("\"used\": true"))
        let text = ScoreText(report: report, capabilities: .plain).text()
        #expect(
            text.contains(
                """
                36% of 56 judgements with a margin were clear; of those whose judge saw the pair again in the other order, 7 of 18 slight \
                wins and 0 of 10 clear wins were turned over.
                """))
    }

    @Test("Where it is not known who was shown first, nobody is said to have been turned over")
    func marginsWithoutPositions() throws {
        let report = try ScoreReport.posterior(
            of: input("winner,loser,margin\na,b,clear\nb,a,slight\nb,c,slight\nc,b,slight\na,c,clear\n"))
        let margins = try #require(report.margins)
        #expect(margins.slight.pairs == 0 && margins.clear.pairs == 0)
        #expect(
            ScoreText(report: report, capabilities: .plain).text().contains("40% of 5 judgements with a margin were clear.\n"))
    }

    @Test("Margins that are all the same tell nothing", arguments: [true, false])
    func alike(areClear: Bool) throws {
        let report = try ScoreReport.posterior(of: input(withMargins { _ in areClear }))
        let margins = try #require(report.margins)
        #expect(margins.areAlike && !margins.isUsable && margins.evidence == 0)
        #expect(ScoreText(report: report, capabilities: .plain).text().contains("The margins are all the same and tell nothing"))
    }

    @Test("Margins that contradict the differences, or the judge's own second look, are left out and said to be")
    func contraryMargins() throws {
        let report = try ScoreReport.posterior(of: input(withMargins { $0 < 3 }))
        let margins = try #require(report.margins)
        #expect(!margins.isUsable && report.thresholds?.clear == nil)
        #expect(report.json.text().contains("\"used\": false"))
        let text = ScoreText(report: report, capabilities: .plain).text()
        #expect(text.contains("The margins do not follow how far apart items are"))
        #expect(ScorePage(report: report).text().contains("<p>The margins do not follow how far apart items are"))
        let plain = try ScoreReport.posterior(of: input(withMargins { $0 < 3 }), reading: .init(usesMargins: false))
        #expect(plain.margins == nil && plain.items.map(\.estimate) == report.items.map(\.estimate))
        #expect(plain.json.text().contains("\"margins\": null"))
    }

    /// Two judges of one mind, by whom each pair of four items was judged.
    private let agreeing = """
        judge,winner,loser
        m,a,b
        m,a,c
        m,a,d
        m,b,c
        m,b,d
        m,c,d
        n,a,b
        n,a,c
        n,a,d
        n,b,c
        n,b,d
        n,c,d
        """

    @Test("Halves, circles and strata are told in words and in JSON")
    func diagnostics() throws {
        let report = try ScoreReport.corrected(of: input(agreeing), epsilon: 0.3, reading: .init(splits: 3))
        #expect(report.splitHalves?.unit == .judges)
        #expect(report.strata == (4 * report.separationRatio + 1) / 3)
        let text = ScoreText(report: report, capabilities: .plain).text()
        #expect(
            text.contains("Halves of the judges agree with a correlation of 1.00, on average of 3 splits, and from 1.00 to 1.00"))
        #expect(text.contains("Of 4 triads of items that were judged on all sides, 0 are circular; the scale expects 0."))
        #expect(text.contains(" strata"))
        let json = report.json.text()
        for key in ["strata", "split_halves_reliability", "intransitivity", "circular", "outfit"] {
            #expect(json.contains("\"\(key)\": "), "\(key)")
        }
        #expect(json.contains("\"unit\": \"judges\", \"splits\": 3"))
        let without = try ScoreReport.corrected(of: input(agreeing), epsilon: 0.3, reading: .init(splits: 0))
        #expect(without.json.text().contains("\"split_halves\": null"))
        #expect(!ScoreText(report: without, capabilities: .plain).text().contains("Halves"))
    }

    @Test("Splits are a hundred up to twenty thousand judgements, and four from half a million on")
    func customarySplits() {
        let reading = ScoreReport.Reading()
        #expect(reading.splits(of: 20_000) == 100)
        #expect(reading.splits(of: 20_202) == 99)
        #expect(reading.splits(of: 500_000) == 4)
        #expect(reading.splits(of: 3_000_000) == 4)
        #expect(reading.splits(of: 0) == 100)
        #expect(ScoreReport.Reading(splits: 7).splits(of: 3_000_000) == 7)
    }

    @Test("The JSON has every figure under its name, and null for what the estimator does not tell")
    func json() throws {
        let posterior = try ScoreReport.posterior(of: input(positions)).json.text()
        for key in [
            "\"items\"", "\"ability\"", "\"standard_error\"", "\"comparisons\"", "\"scale_separation_reliability\"",
            "\"separation_ratio\"", "\"position_bias\"", "\"posterior_reliability\"", "\"expected_kendall_tau\"", "\"judges\"",
        ] { #expect(posterior.contains(key), "\(key)") }
        let corrected = try ScoreReport.corrected(of: input(positions), epsilon: 0.3).json.text()
        #expect(corrected.contains("\"position_bias\": null"))
        #expect(corrected.contains("\"epsilon\": 0.3"))
    }

    @Test("The CSV has a line for each item, best first, and quotes what needs it")
    func csv() throws {
        let report = try ScoreReport.corrected(of: input("winner,loser\n\"x, y\",b\n\"x, y\",c\nb,c\n"), epsilon: 0.3)
        let lines = report.csv.split(separator: "\n")
        #expect(lines[0] == "id,rank,ability,standard_error,comparisons,wins,infit,outfit")
        #expect(lines.count == 4)
        #expect(lines[1].hasPrefix("\"x, y\",1,"))
        #expect(lines[3].hasPrefix("c,3,"))
    }

    @Test("Groups that were never compared are named as such")
    func groups() throws {
        let report = try ScoreReport.posterior(of: input("winner,loser\na,b\nc,d\n"))
        #expect(report.componentCount == 2)
        #expect(ScoreText(report: report, capabilities: .plain).text().contains("2 groups that were never compared"))
    }
}
