import Testing

@testable import huleedu

@Suite struct ReportPageTests {
    private static let hostile = "\"><img src=x onerror=alert(1)><script>alert('&')</script>\u{202E}.txt"

    private func check(_ report: RankingReport) -> HTMLChecker {
        HTMLChecker(ReportPage(report: report).text())
    }

    @Test(arguments: [
        SampleReport(), SampleReport(isGraded: true),
        SampleReport(language: .swedish, isGraded: true, isSimulated: true, hasCutScores: false),
        SampleReport(essays: 2, judgementsPerEssay: 3), SampleReport(essays: 60, isGraded: true), SampleReport(essays: 61),
        SampleReport(essays: 130, judgementsPerEssay: 4, isGraded: true),
    ])
    func isWellFormedAndNeedsNothingFromElsewhere(sample: SampleReport) {
        let report = sample.make()
        let page = check(report)
        #expect(page.faults.isEmpty, "\(page.faults.prefix(5))")
        #expect(page.elements["script"] == nil && page.elements["img"] == nil && page.elements["link"] == nil)
        #expect(page.elements["svg", default: 0] >= 3)
        for section in ["scale", "ranking", "matrix", "reliability", "judge", "essays", "judgements", "method"] {
            #expect(page.ids.contains(section), "\(section)")
        }
        for comparison in report.comparisons { #expect(page.ids.contains("judgement-\(comparison.number)")) }
        for place in report.items.indices { #expect(page.ids.contains("essay-\(place + 1)")) }
    }

    @Test(
        "says what the judge's margins are worth",
        arguments: [
            (false, 0, "are all the same and tell nothing"), (false, 1, "are all the same and tell nothing"),
            (false, 0.4, "do not follow how far apart essays are"), (true, 0.4, "where essays are far apart"),
        ])
    func margins(used: Bool, clearShare: Double, says: String) {
        var report = SampleReport().make()
        report.judge.margins = .init(
            used: used, evidence: 9, clearShare: clearShare, clearThreshold: 1.2, slight: .init(pairs: 0, flips: 0),
            clear: .init(pairs: 0, flips: 0))
        #expect(ReportPage(report: report).text().contains(says))
    }

    @Test func escapesHostileTextWhereverItStands() {
        var report = SampleReport(essays: 6, isGraded: true).make()
        let hostile = Self.hostile
        let renamed = report.items[2].id
        report.title = hostile
        report.question = hostile
        report.rubric = hostile
        report.assessmentID = hostile
        report.gradingNotes = [
            .gradesWithoutAnchor([hostile]),
            .anchorsInverted(lower: .init(id: hostile, grade: hostile), higher: .init(id: hostile, grade: hostile)),
        ]
        report.grades = [hostile, "A"]
        report.cutScores = [.init(grade: hostile, ability: 0, standardError: 1)]
        report.items[2].id = hostile
        report.items[2].text = hostile
        report.items[2].scaleGrade = hostile
        report.items[2].anchorGrade = hostile
        report.items[2].gradeProbabilities = [.init(grade: hostile, probability: 1)]
        report.stop = .init(reason: .judgeFailed, failure: hostile)
        report.judge.provider = hostile
        report.judge.model = hostile
        report.judge.promptVersion = hostile
        report.skipped = [SkippedFile(name: hostile, reason: .hidden)]
        for place in report.comparisons.indices {
            if report.comparisons[place].first == renamed { report.comparisons[place].first = hostile }
            if report.comparisons[place].second == renamed { report.comparisons[place].second = hostile }
            report.comparisons[place].rationale = hostile
            report.comparisons[place].failure = hostile
            report.comparisons[place].requestID = hostile
            report.comparisons[place].promptSHA256 = hostile
            report.comparisons[place].model = hostile + "2"
        }
        let page = check(report)
        #expect(page.faults.isEmpty, "\(page.faults.prefix(5))")
        #expect(page.elements["script"] == nil && page.elements["img"] == nil)
        #expect(page.text.contains(hostile))
    }

    @Test func saysOnTopThatNoModelHasReadTheEssays() {
        let simulated = ReportPage(report: SampleReport(isSimulated: true).make()).text()
        let body = simulated.split(separator: "<body>\n")[1]
        #expect(body.hasPrefix("<p class=\"banner\" role=\"note\">Simulated judge: no language model has read these essays."))
        #expect(!ReportPage(report: SampleReport().make()).text().contains("class=\"banner\""))
    }

    @Test func forbidsScriptsAndSpeaksItsLanguage() {
        let swedish = ReportPage(report: SampleReport(language: .swedish).make()).text()
        #expect(swedish.contains("<html lang=\"sv\">"))
        #expect(swedish.contains("default-src 'none'; style-src 'unsafe-inline'"))
        #expect(swedish.contains("Vem slog vem"))
        for english in ["Who beat whom", "Every judgement", "Reliability (", "judgements<", ">Ranking<"] {
            #expect(!swedish.contains(english), "\(english)")
        }
    }

    @Test func isTheSameEveryTime() {
        let report = SampleReport(essays: 20, isGraded: true).make()
        #expect(ReportPage(report: report).text() == ReportPage(report: report).text())
        #expect(report.json.text() == report.json.text())
    }

    @Test(arguments: Language.allCases) func ranksNothingWhereNothingWasJudged(language: Language) {
        let report = SampleReport(essays: 3, language: language, isGraded: true).makeUnjudged()
        let page = check(report)
        #expect(page.faults.isEmpty, "\(page.faults)")
        #expect(
            page.text.contains(
                language.say("Nothing was judged, so nothing is ranked.", "Inget bedömdes, så inget är rangordnat.")))
        #expect(page.text.contains("HTTP 401"))
        for section in ["scale", "ranking", "matrix", "reliability", "judge"] {
            #expect(!page.ids.contains(section), "\(section)")
        }
        #expect(page.elements["svg"] == nil)
        for invented in ["0.00", "0,00", "95%", "95 %"] { #expect(!page.text.contains(invented), "\(invented)") }
        for item in report.items { #expect(page.text.contains(item.id)) }
    }

    @Test func drawsTheFieldsOfTheGradesBetweenTheirBorders() {
        let report = SampleReport(isGraded: true).make()
        let html = ScaleSection(context: ReportContext(report)).html.markup
        #expect(html.split(separator: "<rect class=\"band").count - 1 == report.grades.count)
        var without = report
        without.cutScores = []
        #expect(!ScaleSection(context: ReportContext(without)).html.markup.contains("<rect class=\"band"))
    }

    @Test func showsAnchorsWithTheirOwnGradeAndChecksTheScaleAgainstIt() throws {
        var report = SampleReport(isGraded: true).make()
        let place = try #require(report.items.firstIndex { $0.anchorGrade != nil && $0.scaleGrade != "F" })
        report.items[place].anchorGrade = "F"
        let ranking = RankingSection(context: ReportContext(report)).html.markup
        let rows = ranking.split(separator: "<tr>").filter { $0.contains(">\(report.items[place].id)</bdi>") }
        try #require(rows.count == 2)
        #expect(rows[0].contains("<td class=\"grade\"><b>F</b> <span class=\"tag\">anchor</span></td>"), "\(rows[0])")
        let scaleGrade = try #require(report.items[place].scaleGrade)
        #expect(rows[1].contains("<td>F</td><td><b class=\"warm\">\(scaleGrade)</b></td>"), "\(rows[1])")
        #expect(
            ranking.contains("The scale gives \(report.anchors.count - 1) of \(report.anchors(report.anchors.count)) the grade"))
    }

    @Test func namesEverySettingOfTheRun() {
        let report = SampleReport().make()
        let text = MethodSection(context: ReportContext(report)).html.markup
        for (name, value) in [
            ("Temperature", "0.20"), ("Language of the prompt", "English"), ("Reliability aimed for", "0.85"),
            ("Judgements at most", "200"), ("Money at most", "$2.50"), ("Comparisons at once", "the service&#39;s default"),
            ("Prior on the leaning", "normal, standard deviation 0.30"), ("Seed", "7"),
        ] {
            #expect(text.contains("<tr><th scope=\"row\">\(name)</th><td class=\"mono\">\(value)</td></tr>"), "\(name)")
        }
        #expect(text.contains("Argument, structure, language."))
        #expect(text.contains("squared correlation with the true abilities") && text.contains("1 − (Σs²/n) / V"))
    }

    @Test func tellsInWhichLanguageAFailureIsTold() {
        let report = SampleReport(language: .swedish).make()
        let html = JudgementsSection(context: ReportContext(report)).html.markup
        #expect(html.contains("<p class=\"warm\">På engelska: <span lang=\"en\">The provider answered three times"))
    }

    @Test func managesFiguresThatAreNotNumbers() {
        var report = SampleReport(essays: 5, isGraded: true).make()
        report.items[0].ability = .infinity
        report.items[1].standardError = .nan
        report.judge.infit = .nan
        report.history[0].posterior = .nan
        let page = check(report)
        #expect(page.faults.isEmpty, "\(page.faults)")
        let text = ReportPage(report: report).text()
        #expect(!text.contains("nan") && !text.contains("inf\""))
    }

    @Test func showsWhoBeatWhomInRankOrder() {
        let context = ReportContext(Self.threeEssays)
        let tally = PairTally(context, groupsAtMost: 60)
        #expect(tally.groups == [0..<1, 1..<2, 2..<3])
        #expect(tally.wins(of: 0, over: 1) == 1 && tally.wins(of: 1, over: 0) == 1)
        #expect(tally.wins(of: 1, over: 2) == 1 && tally.wins(of: 2, over: 1) == 0)
        let grouped = PairTally(context, groupsAtMost: 2)
        #expect(grouped.groups == [0..<2, 2..<3] && grouped.isGrouped)
        #expect(grouped.wins(of: 0, over: 1) == 1 && grouped.wins(of: 0, over: 0) == 2)
    }

    @Test func drawsTheScaleAsExpected() {
        let html = ScaleSection(context: ReportContext(Self.threeEssays)).html.markup
        #expect(
            html.contains(
                """
                <g><title>b.txt: rank 2, 0.00 ± 0.50</title><line class="bar" x1="26.65%" x2="73.35%" y1="42.0" y2="42.0"/>\
                <circle class="dot" cx="50.0%" cy="42.0" r="4.5"/></g>
                """), "\(html)")
    }

    @Test func tellsOfEachJudgementWhoWasPreferredAndWhy() {
        let html = JudgementsSection(context: ReportContext(Self.threeEssays)).html.markup
        #expect(
            html.contains(
                """
                <li id="judgement-1"><span class="quiet">#1</span> <strong><a href="#essay-1"><bdi>a.txt</bdi></a></strong> \
                <span class="tag">preferred</span> <span class="quiet">against</span> <a href="#essay-2"><bdi>b.txt</bdi></a> \
                <span class="quiet">· confidence 4 of 5 · $0.0020</span>
                <p dir="auto">Better.</p>
                """), "\(html)")
        #expect(html.contains("All 3 judgements, in the order in which they were made"))
    }

    /// Three essays on a scale from −1 to 1; a and b beat each other once, b beats c.
    static let threeEssays: RankingReport = {
        var report = SampleReport(essays: 3).make()
        for (place, name) in ["a.txt", "b.txt", "c.txt"].enumerated() {
            report.items[place].id = name
            report.items[place].ability = Double(1 - place)
            report.items[place].standardError = 0.5
        }
        let outcomes = [
            ("a.txt", "b.txt", RankingReport.Outcome.first), ("a.txt", "b.txt", .second), ("c.txt", "b.txt", .second),
        ]
        report.comparisons = outcomes.enumerated().map { place, pair in
            RankingReport.Comparison(
                number: place + 1, first: pair.0, second: pair.1, state: .judged, outcome: pair.2, confidence: 4,
                rationale: "Better.",
                cost: Money(nanodollars: 2_000_000), requestID: "r\(place)", promptSHA256: String(repeating: "ab", count: 32),
                model: report.judge.model, failure: "")
        }
        return report
    }()
}
