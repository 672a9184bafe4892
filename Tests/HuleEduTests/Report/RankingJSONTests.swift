import Foundation
import Testing

@testable import huleedu

@Suite struct RankingJSONTests {
    private func parsed(_ report: RankingReport) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(report.json.text().utf8))
        return try #require(object as? [String: Any])
    }

    /// Foundation's reader is off by one in the last place now and then.
    private func isSame(_ value: Any?, _ expected: Double) -> Bool {
        guard let value = value as? Double else { return false }
        return abs(value - expected) <= 2 * expected.ulp
    }

    @Test func numbersReadBackAsTheSame() {
        var random = SplitMix(state: 3)
        for _ in 0..<5000 {
            let value = random.normal() * (random.unit() < 0.1 ? 1e9 : 1)
            #expect(Double(JSONValue.number(value).text().dropLast()) == value)
        }
    }

    @Test func holdsWhatAProgramNeeds() throws {
        let report = SampleReport(isGraded: true, isSimulated: true).make()
        let json = try parsed(report)
        #expect(json["assessment_id"] as? String == report.assessmentID)
        #expect(json["simulated"] as? Bool == true)
        #expect(json["seed"] as? Int == 7)
        #expect(json["stop_reason"] as? String == "comparison_budget")
        let reliability = try #require(report.reliability)
        #expect(isSame(json["posterior_reliability"], reliability.posterior))
        #expect(isSame(json["scale_separation_reliability"], reliability.scaleSeparation))
        let cost = try #require(json["cost"] as? [String: Any])
        #expect(cost["provider_calls"] as? Int == report.cost.providerCalls)
        #expect(json["rubric"] as? String == "Argument, structure, language." && json["rubric_built_in"] as? Bool == false)
        #expect(json["max_comparisons"] as? Int == 200 && json["max_cost_nanodollars"] as? Int == 2_500_000_000)
        #expect(json["concurrency"] is NSNull)
        let cuts = try #require(json["cut_scores"] as? [[String: Any]])
        #expect(cuts.map { $0["grade"] as? String } == ["E", "D", "C", "B", "A"])
        #expect(zip(cuts, report.cutScores).allSatisfy { isSame($0["ability"], $1.ability) })
        #expect(cuts.allSatisfy { isSame($0["standard_error"], 0.4) })
        let notes = try #require(json["grading_notes"] as? [[String: String]])
        #expect(notes.map { $0["code"] } == ["grades_without_anchor"] && notes[0]["text"]?.hasPrefix("No anchor has") == true)
        let items = try #require(json["items"] as? [[String: Any]])
        #expect(items.map { $0["id"] as? String } == report.items.map(\.id))
        #expect(zip(items, report.items).allSatisfy { isSame($0["ability"], $1.ability) })
        #expect(zip(items, report.items).allSatisfy { isSame($0["standard_error"], $1.standardError) })
        #expect(items.map { $0["rank"] as? Int } == report.items.map(\.rank))
        #expect(items.map { $0["comparisons"] as? Int } == report.items.map(\.comparisons))
        #expect(items.map { $0["grade"] as? String } == report.items.map(\.grade))
        let probabilities = try #require(items[0]["grade_probabilities"] as? [String: Double])
        #expect(Set(probabilities.keys) == ["F", "E", "D", "C", "B", "A"])
        #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-9)
        let comparisons = try #require(json["comparisons"] as? [[String: Any]])
        #expect(comparisons.map { $0["winner"] as? String } == report.comparisons.map(\.winner))
        #expect(comparisons[0]["first"] as? String == report.comparisons[0].first)
        #expect(comparisons[0]["second"] as? String == report.comparisons[0].second)
        #expect(comparisons[0]["confidence"] as? Int == report.comparisons[0].confidence)
        #expect(comparisons[0]["rationale"] as? String == report.comparisons[0].rationale)
        #expect(comparisons[3]["winner"] is NSNull && comparisons[3]["state"] as? String == "failed")
        let judge = try #require(json["judge"] as? [String: Any])
        #expect(judge["model"] as? String == "example-model-4")
        #expect(judge["position_bias"] as? Double == -0.21)
        #expect(judge["position_bias_prior"] as? Double == 0.3 && judge["temperature"] as? Double == 0.2)
    }

    @Test func tellsWhatWasPaid() throws {
        let json = try parsed(SampleReport().make())
        let cost = try #require(json["cost"] as? [String: Any])
        #expect(cost["usd"] as? String == "0.2314" && cost["nanodollars"] as? Int == 231_400_000)
        #expect(cost["cache_savings_usd"] as? String == "0.188" && cost["cache_savings_nanodollars"] as? Int == 188_000_000)
        #expect(cost["simulated_usd"] is NSNull && cost["simulated_nanodollars"] is NSNull)
        let comparisons = try #require(json["comparisons"] as? [[String: Any]])
        #expect(comparisons.allSatisfy { $0["cost_nanodollars"] as? Int ?? 0 > 0 && $0["simulated_cost_nanodollars"] is NSNull })
    }

    @Test func aSimulatedJudgeCostsNothing() throws {
        let json = try parsed(SampleReport(isSimulated: true).make())
        let cost = try #require(json["cost"] as? [String: Any])
        #expect(cost["usd"] as? String == "0.00" && cost["nanodollars"] as? Int == 0)
        #expect(cost["cache_savings_usd"] as? String == "0.00" && cost["cache_savings_nanodollars"] as? Int == 0)
        #expect(cost["simulated_usd"] as? String == "0.2314" && cost["simulated_nanodollars"] as? Int == 231_400_000)
        #expect(cost["simulated_cache_savings_usd"] as? String == "0.188")
        let comparisons = try #require(json["comparisons"] as? [[String: Any]])
        #expect(comparisons.allSatisfy { $0["cost_nanodollars"] as? Int == 0 })
        #expect(comparisons.allSatisfy { $0["simulated_cost_nanodollars"] as? Int ?? 0 > 0 })
    }

    @Test func anchorsKeepTheGradeTheyCameWith() throws {
        var report = SampleReport(isGraded: true).make()
        report.items[1].anchorGrade = "A"
        report.items[1].scaleGrade = "C"
        let items = try #require(try parsed(report)["items"] as? [[String: Any]])
        #expect(items[1]["grade"] as? String == "A" && items[1]["anchor_grade"] as? String == "A")
        #expect(items[1]["scale_grade"] as? String == "C")
        #expect(items[0]["anchor_grade"] is NSNull && items[0]["grade"] as? String == items[0]["scale_grade"] as? String)
    }

    @Test func ranksNothingWhereNothingWasJudged() throws {
        let json = try parsed(SampleReport(isGraded: true).makeUnjudged())
        for key in ["posterior_reliability", "scale_separation_reliability", "separation_ratio", "prior_standard_deviation"] {
            #expect(json[key] is NSNull, "\(key)")
        }
        let items = try #require(json["items"] as? [[String: Any]])
        #expect(items.count == 12)
        for key in ["rank", "ability", "standard_error", "infit"] { #expect(items.allSatisfy { $0[key] is NSNull }, "\(key)") }
        #expect(items.contains { $0["anchor_grade"] is String })
        let judge = try #require(json["judge"] as? [String: Any])
        for key in ["position_bias", "position_bias_standard_error", "first_share", "infit", "outfit"] {
            #expect(judge[key] is NSNull, "\(key)")
        }
    }

    @Test func leavesGradesOutWithoutAnchors() throws {
        let items = try #require(try parsed(SampleReport().make())["items"] as? [[String: Any]])
        #expect(items[0]["grade"] == nil && items[0]["grade_probabilities"] == nil)
    }

    @Test func writesOnlyFiniteNumbers() throws {
        var report = SampleReport().make()
        report.items[0].ability = .nan
        report.items[1].standardError = .infinity
        report.reliability?.separationRatio = -.infinity
        report.seed = .max
        let json = try parsed(report)
        #expect(json["separation_ratio"] is NSNull)
        #expect(json["seed"] as? UInt64 == .max)
        let items = try #require(json["items"] as? [[String: Any]])
        #expect(items[0]["ability"] is NSNull && items[1]["standard_error"] is NSNull)
    }

    @Test func keepsHostileTextAsItIs() throws {
        let hostile = "</script>\"\\\u{0}\u{1F}\u{7F}\u{2028}\n\r\tå\u{1F600}"
        let text = JSONValue.string(hostile).text()
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{7F}" && $0 != "\u{2028}" || $0 == "\n" })
        let back = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        #expect(back as? String == hostile)
    }

    @Test func keepsTheOrderOfKeysAndBreaksLongLines() {
        let value = JSONValue.object([
            .init("b", .integer(-1)), .init("a", .array([.number(0.1), .number(2), .number(-0.0), .null, .bool(false)])),
            .init("empty", .object([])),
            .init("long", .array((0..<2).map { _ in .string(String(repeating: "x", count: 60)) })),
        ])
        let long = String(repeating: "x", count: 60)
        #expect(
            value.text() == """
                {
                  "b": -1,
                  "a": [0.1, 2, 0, null, false],
                  "empty": {},
                  "long": [
                    "\(long)",
                    "\(long)"
                  ]
                }

                """)
    }
}
