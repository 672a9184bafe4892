import CJCore
import Contracts
import Testing

@testable import CJAssessmentService

@Suite("Requests are checked field by field")
struct RequestParserTests {
    private let parser = RequestParser(configuration: CJAssessmentConfiguration())

    private func request(_ change: (inout CJV1.StartAssessmentRequest) -> Void = { _ in }) -> CJV1.StartAssessmentRequest {
        var request = CJV1.StartAssessmentRequest(
            assessmentID: "class-9b", essays: [essay("a"), essay("b")], language: "en",
            judge: CJV1.JudgeSettings(provider: "simulated", model: "simulated-judge"))
        change(&request)
        return request
    }

    private func essay(_ id: String, text: String? = nil, grade: String = "") -> CJV1.Essay {
        CJV1.Essay(id: id, text: Array((text ?? "The text of \(id).").utf8), anchorGrade: grade)
    }

    private func fault(_ change: (inout CJV1.StartAssessmentRequest) -> Void) -> String? {
        do {
            _ = try parser.plan(request(change), uploaded: [])
            return nil
        } catch {
            return error.field
        }
    }

    @Test("A sound request becomes a plan with the defaults filled in")
    func sound() throws {
        let plan = try parser.plan(request(), uploaded: [])
        #expect(plan.stopping.goal == .reliability(0.85))
        #expect(plan.stopping.maximumComparisons == 2)
        #expect(plan.judge.maximumOutputTokens == 512)
        #expect(plan.maximumInFlight == 16)
        #expect(plan.pairing == .information)
    }

    @Test("Essays uploaded before come first")
    func uploads() throws {
        let plan = try parser.plan(request(), uploaded: [essay("u")])
        #expect(plan.essays.map(\.id) == ["u", "a", "b"])
    }

    @Test("Each fault names its field")
    func faults() {
        #expect(fault { $0.assessmentID = "" } == "assessment_id")
        #expect(fault { $0.assessmentID = "a b" } == "assessment_id")
        #expect(fault { $0.assessmentID = String(repeating: "x", count: 65) } == "assessment_id")
        #expect(fault { $0.assessmentID = String(repeating: "x", count: 64) } == nil)
        #expect(fault { $0.tenant = "a b" } == "tenant")
        #expect(fault { $0.tenant = String(repeating: "x", count: 101) } == "tenant")
        #expect(fault { $0.tenant = String(repeating: ":", count: 100) } == nil)
        #expect(fault { $0.essays = [] } == "essays")
        #expect(fault { $0.essays.removeLast() } == "essays")
        #expect(fault { $0.essays[1].id = "a" } == "essays[1].id")
        #expect(fault { $0.essays[0].id = "a\u{7}" } == "essays[0].id")
        #expect(fault { $0.essays[0].id = String(repeating: "x", count: 256) } == "essays[0].id")
        #expect(fault { $0.essays[1].text = $0.essays[0].text } == "essays[1].text")
        #expect(fault { $0.essays[1].text = Array(" \n\t".utf8) } == "essays[1].text")
        #expect(fault { $0.essays[1].text = [0x66, 0xFF] } == "essays[1].text")
        #expect(fault { $0.essays[1].anchorGrade = "A" } == "essays[1].anchor_grade")
        #expect(fault { $0.grades = ["F", "A"] } == "grades")
        #expect(fault { $0.question = [0xC3] } == "question")
        #expect(fault { $0.rubric = [UInt8](repeating: 0x61, count: (64 << 10) + 1) } == "rubric")
        #expect(fault { $0.language = "fi" } == "language")
        #expect(fault { $0.judge = nil } == "judge")
        #expect(fault { $0.judge?.provider = "" } == "judge.provider")
        #expect(fault { $0.judge?.model = "" } == "judge.model")
        #expect(fault { $0.judge?.temperature = 2.5 } == "judge.temperature")
        #expect(fault { $0.stopping = CJV1.StoppingSettings(targetReliability: 1) } == "stopping.target_reliability")
        #expect(fault { $0.stopping = CJV1.StoppingSettings(targetReliability: .nan) } == "stopping.target_reliability")
        #expect(fault { $0.stopping = CJV1.StoppingSettings(maxComparisons: 100_001) } == "stopping.max_comparisons")
        #expect(fault { $0.stopping = CJV1.StoppingSettings(maxCostNanodollars: 0) } == "stopping.max_cost_nanodollars")
        #expect(fault { $0.maxInFlight = 257 } == "max_in_flight")
    }

    @Test("One thing is to be reached, and grades only where there are anchors")
    func goals() throws {
        func goal(_ stopping: CJV1.StoppingSettings, anchors: Int = 2, usually: StoppingGoal? = nil) throws -> StoppingGoal {
            try parser.stopping(stopping, essays: 3, anchors: anchors, usualGoal: usually).goal
        }
        #expect(try goal(.init(targetKendallTau: 0.75)) == .kendallTau(0.75))
        #expect(try goal(.init(maxGradeDeviation: 10)) == .gradeDeviation(10))
        #expect(try goal(.init(untilBudget: true)) == .budget)
        #expect(try goal(.init()) == .reliability(0.85))
        for tau in [0, 1, -0.5, .nan] {
            #expect(fault { $0.stopping = .init(targetKendallTau: tau) } == "stopping.target_kendall_tau")
        }
        for tau in [0.001, 0.999] { #expect(fault { $0.stopping = .init(targetKendallTau: tau) } == nil) }
        for deviation in [0, 10.001, .nan, .infinity] {
            #expect(throws: RequestFault.self) { try goal(.init(maxGradeDeviation: deviation)) }
        }
        #expect(fault { $0.stopping = .init(maxGradeDeviation: 1) } == "stopping.max_grade_deviation")
        let noneToGrade = fault {
            for index in $0.essays.indices { $0.essays[index].anchorGrade = ["F", "A"][index % 2] }
            ($0.grades, $0.stopping) = (["F", "A"], .init(maxGradeDeviation: 1))
        }
        #expect(noneToGrade == "stopping.max_grade_deviation", "there is an anchor too many")
        #expect(throws: RequestFault.self) { try goal(.init(maxGradeDeviation: 1), anchors: 3) }
        #expect(try goal(.init(maxComparisons: 9), usually: .kendallTau(0.7)) == .kendallTau(0.7))
        #expect(try goal(.init(targetReliability: 0.8), usually: .kendallTau(0.7)) == .reliability(0.8))
        #expect(
            fault { $0.stopping = .init(targetReliability: 0.8, targetKendallTau: 0.7) } == "stopping.target_kendall_tau")
        #expect(fault { $0.stopping = .init(maxGradeDeviation: 1, untilBudget: true) } == "stopping.until_budget")
    }

    @Test("What lies exactly on a border is taken")
    func borders() {
        func grades(_ grades: [String]) -> String? {
            fault {
                $0.essays[0].anchorGrade = grades.first ?? "x"
                $0.grades = grades
            }
        }
        #expect(grades(["F"]) == "grades")
        #expect(grades(["F", "A"]) == nil)
        #expect(grades((1...20).map { "g\($0)" }) == nil)
        #expect(grades((1...21).map { "g\($0)" }) == "grades")
        #expect(grades(["F", "F"]) == "grades")
        #expect(grades([String(repeating: "x", count: 16), "A"]) == nil)
        #expect(grades([String(repeating: "x", count: 17), "A"]) == "essays[0].anchor_grade")
        #expect(grades(["A", String(repeating: "x", count: 17)]) == "grades")
        #expect(fault { $0.essays[0].id = String(repeating: "x", count: 255) } == nil)
        #expect(fault { $0.essays[0].id = "" } == "essays[0].id")
        #expect(fault { $0.question = [UInt8](repeating: 0x61, count: 64 << 10) } == nil)
        #expect(fault { $0.question = [UInt8](repeating: 0x61, count: (64 << 10) + 1) } == "question")
        #expect(fault { $0.rubric = [UInt8](repeating: 0x61, count: 64 << 10) } == nil)
        #expect(fault { $0.language = "" } == nil)
        #expect(fault { $0.language = "sv" } == nil)
        for temperature in [0, 2.0] { #expect(fault { $0.judge?.temperature = temperature } == nil) }
        for temperature in [-0.001, 2.001, .nan] { #expect(fault { $0.judge?.temperature = temperature } == "judge.temperature") }
        for levels in [0, 2, 4] as [UInt32] { #expect(fault { $0.judge?.verdictLevels = levels } == nil) }
        for levels in [1, 3, 5, .max] as [UInt32] {
            #expect(fault { $0.judge?.verdictLevels = levels } == "judge.verdict_levels")
        }
        for target in [0.001, 0.999] { #expect(fault { $0.stopping = .init(targetReliability: target) } == nil) }
        #expect(fault { $0.stopping = .init(targetReliability: 0) } == "stopping.target_reliability")
        #expect(fault { $0.stopping = .init(maxComparisons: 100_000) } == nil)
        #expect(fault { $0.stopping = .init(maxCostNanodollars: 1) } == nil)
        #expect(fault { $0.stopping = .init(maxCostNanodollars: UInt64(Int64.max)) } == nil)
        #expect(
            fault { $0.stopping = .init(maxCostNanodollars: UInt64(Int64.max) + 1) } == "stopping.max_cost_nanodollars")
        #expect(fault { $0.maxInFlight = 256 } == nil)
        for pairing in [CJV1.PairingStrategy.information, .random, .rounds, .matching] {
            #expect(fault { $0.pairing = pairing } == nil)
        }
        #expect(fault { $0.pairing = .init(rawValue: 9) } == "pairing")
    }

    @Test("An upload is checked essay by essay")
    func upload() {
        func fault(_ essays: [CJV1.Essay], id: String = "a") -> String? {
            do throws(RequestFault) {
                _ = try parser.upload(CJV1.UploadEssaysRequest(assessmentID: id, essays: essays))
                return nil
            } catch {
                return error.field
            }
        }
        #expect(fault([essay("a")]) == nil)
        #expect(fault([essay("a")], id: "") == "assessment_id")
        #expect(fault([]) == "essays")
        #expect(fault([essay("a"), essay("a")]) == "essays[1].id")
        #expect(fault([essay("a"), essay("b", text: " ")]) == "essays[1].text")
    }

    @Test("An essay may be exactly as long as the limit, and no longer")
    func longestEssay() {
        #expect(fault { $0.essays[0].text = [UInt8](repeating: 0x61, count: 256 << 10) } == nil)
        #expect(fault { $0.essays[0].text = [UInt8](repeating: 0x61, count: (256 << 10) + 1) } == "essays[0].text")
    }

    @Test("There may be exactly as many essays as the limit, and no more")
    func mostEssays() {
        let essays = (0...1000).map { essay("essay-\($0)") }
        #expect(fault { $0.essays = Array(essays.dropLast()) } == nil)
        #expect(fault { $0.essays = essays } == "essays")
    }

    @Test("Anchors need grades that the request lists")
    func anchors() throws {
        let plan = try parser.plan(
            request {
                $0.essays[0].anchorGrade = "A"
                $0.grades = ["F", "A"]
            }, uploaded: [])
        #expect(plan.essays[0].anchorGrade == "A")
        #expect(plan.essays[1].anchorGrade == nil)
    }
}
