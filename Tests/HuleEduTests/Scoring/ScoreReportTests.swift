import Testing

@testable import huleedu

@Suite("Scoring judgements")
struct ScoreReportTests {
    private func file(_ text: String) throws -> JudgementFile {
        var file = JudgementFile(name: "j.csv")
        try file.append(Array(text.utf8))
        try file.end()
        return file
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
        let report = try ScoreReport.posterior(of: file(positions))
        let bias = try #require(report.positionBias)
        #expect(bias.logits < 0 && bias.standardError > 0)
        #expect(bias.firstShare == 0.25)
        let text = ScoreText(report: report, capabilities: .plain).text()
        #expect(text.contains("The first place was preferred by −"))
        #expect(text.contains("25% of the judgements"))
    }

    @Test("The JSON has every figure under its name, and null for what the estimator does not tell")
    func json() throws {
        let posterior = try ScoreReport.posterior(of: file(positions)).json.text()
        for key in [
            "\"items\"", "\"ability\"", "\"standard_error\"", "\"comparisons\"", "\"scale_separation_reliability\"",
            "\"separation_ratio\"", "\"position_bias\"", "\"posterior_reliability\"", "\"expected_kendall_tau\"", "\"judges\"",
        ] { #expect(posterior.contains(key), "\(key)") }
        let corrected = try ScoreReport.corrected(of: file(positions), epsilon: 0.3).json.text()
        #expect(corrected.contains("\"position_bias\": null"))
        #expect(corrected.contains("\"epsilon\": 0.3"))
    }

    @Test("The CSV has a line for each item, best first, and quotes what needs it")
    func csv() throws {
        let report = try ScoreReport.corrected(of: file("winner,loser\n\"x, y\",b\n\"x, y\",c\nb,c\n"), epsilon: 0.3)
        let lines = report.csv.split(separator: "\n")
        #expect(lines[0] == "id,rank,ability,standard_error,comparisons,wins,infit")
        #expect(lines.count == 4)
        #expect(lines[1].hasPrefix("\"x, y\",1,"))
        #expect(lines[3].hasPrefix("c,3,"))
    }

    @Test("Groups that were never compared are named as such")
    func groups() throws {
        let report = try ScoreReport.posterior(of: file("winner,loser\na,b\nc,d\n"))
        #expect(report.componentCount == 2)
        #expect(ScoreText(report: report, capabilities: .plain).text().contains("2 groups that were never compared"))
    }
}
