import CJCore
import Testing

@testable import huleedu

@Suite("The page about judgements that were scored")
struct ScorePageTests {
    private static let hostile = "<script>alert('&')</script>"

    /// Each item wins against the next five, and loses now and then.
    private func report(
        items: Int, name: String = "j.csv", reading: ScoreReport.Reading = .init(splits: 2), epsilon: Double? = nil
    ) throws -> ScoreReport {
        var text = "judge,first,second,winner\n"
        for item in 0..<items {
            for step in 1...5 {
                let (own, other) = ("essay \(item)", "essay \((item + step) % items)")
                let winner = (item + step).isMultiple(of: 4) ? other : own
                text += step.isMultiple(of: 2) ? "k,\(own),\(other),\(winner)\n" : "\(Self.hostile),\(other),\(own),\(winner)\n"
            }
        }
        var file = JudgementFile(name: name)
        try file.append(Array(text.utf8))
        try file.end()
        let input = ScoreInput(file)
        return try epsilon.map { ScoreReport.corrected(of: input, epsilon: $0, reading: reading) }
            ?? ScoreReport.posterior(of: input, reading: reading)
    }

    @Test("It is well formed, needs nothing from elsewhere and has every part", arguments: [7, 30, 121])
    func wellFormed(items: Int) throws {
        let page = HTMLChecker(ScorePage(report: try report(items: items)).text())
        #expect(page.faults.isEmpty, "\(page.faults.prefix(5))")
        #expect(page.elements["script"] == nil && page.elements["img"] == nil && page.elements["link"] == nil)
        #expect(page.elements["svg"] == 4)
        for part in ["scale", "reliability", "items", "judges", "position", "table", "item-1", "item-\(items)"] {
            #expect(page.ids.contains(part), "\(part)")
        }
        #expect(page.text.contains(Self.hostile))
    }

    @Test("Names are text, wherever they stand")
    func hostileNames() throws {
        let page = HTMLChecker(ScorePage(report: try report(items: 7, name: Self.hostile)).text())
        #expect(page.faults.isEmpty, "\(page.faults.prefix(5))")
        #expect(page.elements["script"] == nil)
    }

    @Test("The heading is the file's name; its folders stand in a tooltip alone")
    func heading() throws {
        let page = ScorePage(report: try report(items: 7, name: "/some/folder/j.csv")).text()
        #expect(page.contains("<h1 title=\"/some/folder/j.csv\"><bdi>j.csv</bdi></h1>"))
        #expect(page.ranges(of: "/some/folder").count == 1)
    }

    @Test("Each judge has a preference of its own in the drawing where judges are different")
    func judgesOfTheirOwn() throws {
        let page = ScorePage(report: try report(items: 12, reading: .init(judges: .different, splits: 2))).text()
        #expect(page.contains("left of zero"))
        #expect(page.contains("<bdi>k</bdi>"))
        let alike = ScorePage(report: try report(items: 12)).text()
        #expect(alike.contains("<bdi>all judges</bdi>"))
    }

    @Test("It says where there is no account of places, and has no drawing of them")
    func withoutBias() throws {
        let page = ScorePage(report: try report(items: 12, epsilon: 0.3)).text()
        #expect(page.contains("The scale takes no account of it."))
        #expect(HTMLChecker(page).elements["svg"] == 3)
        #expect(page.contains("corrected scores, ε = 0.3"))
    }

    @Test("A page is made for five thousand items, and not for one more")
    func limit() throws {
        func input(items: Int) throws -> ScoreInput {
            var file = JudgementFile(name: "j.csv")
            try file.append(Array(("winner,loser\n" + (1..<items).map { "\($0),\($0 + 1)\n" }.joined()).utf8))
            try file.end()
            return ScoreInput(file)
        }
        try ScorePage.check(input(items: 5_000))
        let error = #expect(throws: CommandError.self) { try ScorePage.check(input(items: 5_001)) }
        #expect(error?.code == .tooManyItems)
    }
}
