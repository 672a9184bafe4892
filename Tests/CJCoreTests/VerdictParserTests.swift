import CJCore
import Testing

@Suite("Verdict parser")
struct VerdictParserTests {
    private static let good = #"{"rationale":"Essay 1 argues \"better\" \u00e5 😀.","winner":"first","confidence":4}"#

    @Test("A good reply is a verdict")
    func good() throws {
        let verdict = try parse(Self.good)
        #expect(verdict.outcome == .first)
        #expect(verdict.rationale == "Essay 1 argues \"better\" å 😀.")
        #expect(verdict.confidence == 4)
    }

    @Test("Order and white space do not matter")
    func spacing() throws {
        let verdict = try parse(" {\n\t\"confidence\" : 1 ,\r\n \"winner\":\"second\", \"rationale\":\"\"} \n")
        #expect(verdict.outcome == .second)
        #expect(verdict.rationale.isEmpty)
        #expect(verdict.confidence == 1)
    }

    @Test("A judge that cannot decide is taken at its word")
    func undecided() throws {
        #expect(try parse(#"{"rationale":"Even.","winner":"undecided","confidence":1}"#).outcome == .tie)
        let verdict = try graded(winner: "undecided", margin: "none")
        #expect(verdict.outcome == .tie && verdict.margin == nil)
    }

    @Test("With four levels a verdict says by how much", arguments: [("slight", Margin.slight), ("clear", .clear)])
    func margins(name: String, margin: Margin) throws {
        #expect(try graded(winner: "first", margin: name).margin == margin)
        #expect(try graded(winner: "second", margin: name).outcome == .second)
    }

    @Test("A margin that is missing, unknown, of the wrong kind or at odds with the winner is named")
    func marginFaults() {
        #expect(gradedFault(#"{"rationale":"x","winner":"first","confidence":3}"#)?.code == .missingField)
        #expect(gradedFault(#"{"rationale":"x","winner":"first","margin":"big","confidence":3}"#)?.code == .outOfRange)
        #expect(gradedFault(#"{"rationale":"x","winner":"first","margin":2,"confidence":3}"#)?.code == .wrongType)
        for (winner, margin) in [("first", "none"), ("second", "none"), ("undecided", "slight"), ("undecided", "clear")] {
            let fault = gradedFault(#"{"rationale":"x","winner":"\#(winner)","margin":"\#(margin)","confidence":3}"#)
            #expect(fault?.code == .contradiction && fault?.field == "margin")
        }
        #expect(fault(#"{"rationale":"x","winner":"first","margin":"clear","confidence":3}"#)?.code == .unknownField)
    }

    private func graded(winner: String, margin: String) throws -> Verdict {
        try VerdictParser.parse(
            Array(#"{"rationale":"x","winner":"\#(winner)","margin":"\#(margin)","confidence":3}"#.utf8), levels: .four)
    }

    private func gradedFault(_ json: String) -> VerdictError? {
        do throws(VerdictError) {
            _ = try VerdictParser.parse(Array(json.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test("A verdict becomes a judgement on its comparison")
    func judgement() throws {
        let comparison = try Comparison(first: "a", second: "b")
        let judgement = try parse(Self.good).judgement(on: comparison, by: "model/cj-en-1")
        #expect(judgement.winner == "a")
        #expect(judgement.confidence == 4)
    }

    @Test(
        "Each fault has its name and its field",
        arguments: [
            (#"{"rationale":"x","winner":"first"}"#, VerdictError.Code.missingField, "confidence"),
            (#"{"winner":"first","confidence":3}"#, .missingField, "rationale"),
            (#"{"rationale":"x","confidence":3}"#, .missingField, "winner"),
            (#"{}"#, .missingField, "winner"),
            (#"{"rationale":"x","winner":"first","confidence":3,"note":1}"#, .unknownField, "note"),
            (#"{"rationale":"x","winner":"first","confidence":3,"Winner":"second"}"#, .unknownField, "Winner"),
            (#"{"rationale":"x","winner":"first","winner":"second","confidence":3}"#, .duplicateField, "winner"),
            (#"{"rationale":"x","winner":"first","winner":"first","confidence":3}"#, .duplicateField, "winner"),
            (#"{"rationale":"x","winner":"first","\u0077inner":"first","confidence":3}"#, .duplicateField, "winner"),
            (#"{"rationale":"x","winner":"First","confidence":3}"#, .outOfRange, "winner"),
            (#"{"rationale":"x","winner":"Essay 1","confidence":3}"#, .outOfRange, "winner"),
            (#"{"rationale":"x","winner":"","confidence":3}"#, .outOfRange, "winner"),
            (#"{"rationale":"x","winner":"tie","confidence":3}"#, .outOfRange, "winner"),
            (#"{"rationale":"x","winner":1,"confidence":3}"#, .wrongType, "winner"),
            (#"{"rationale":"x","winner":null,"confidence":3}"#, .wrongType, "winner"),
            (#"{"rationale":"x","winner":["first"],"confidence":3}"#, .wrongType, "winner"),
            (#"{"rationale":3,"winner":"first","confidence":3}"#, .wrongType, "rationale"),
            (#"{"rationale":"x","winner":"first","confidence":"3"}"#, .wrongType, "confidence"),
            (#"{"rationale":"x","winner":"first","confidence":3.0}"#, .wrongType, "confidence"),
            (#"{"rationale":"x","winner":"first","confidence":3e0}"#, .wrongType, "confidence"),
            (#"{"rationale":"x","winner":"first","confidence":true}"#, .wrongType, "confidence"),
            (#"{"rationale":"x","winner":"first","confidence":99999999999999999999}"#, .wrongType, "confidence"),
            (#"{"rationale":"x","winner":"first","confidence":0}"#, .outOfRange, "confidence"),
            (#"{"rationale":"x","winner":"first","confidence":6}"#, .outOfRange, "confidence"),
            (#"{"rationale":"x","winner":"first","confidence":-1}"#, .outOfRange, "confidence"),
        ])
    func faults(json: String, code: VerdictError.Code, field: String) {
        #expect(fault(json)?.code == code)
        if code != .missingField || json != "{}" { #expect(fault(json)?.field == field) }
    }

    @Test("What is not an object is not a verdict", arguments: ["[]", "null", "true", "3", #""first""#, "[{}]"])
    func notAnObject(json: String) {
        #expect(fault(json)?.code == .notAnObject)
    }

    @Test(
        "What is not JSON is refused",
        arguments: [
            "", " ", "first", "{", "}", "{'winner':'first'}", #"{"a":1,}"#, #"{"a" 1}"#, #"{"a":}"#, #"{"a":01}"#, #"{"a":1.}"#,
            #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":1e}"#, #"{"a":--1}"#, #"{"a":tru}"#, #"{"a":nul}"#, #"{"a":"\x"}"#,
            #"{"a":"\u12"}"#, #"{"a":"\ud800"}"#, #"{"a":"\ud800\u0041"}"#, #"{"a":"\udc00"}"#, #"{"a":"\u0000"}"#,
            "{\"a\":\"\u{1}\"}", "{\"a\":\"line\nfeed\"}", #"{"a":1}{"a":1}"#, #"{"a":1} x"#, "```json\n{}\n```", #"{a:1}"#,
            #"{"a":NaN}"#, #"{"a":Infinity}"#, #"{"a":[1,]}"#, #"{"a":[1 2]}"#, #"{"a":"\u+123"}"#, #"{"a":"\u00é0"}"#,
        ])
    func malformed(json: String) {
        #expect(fault(json)?.code == .malformed)
    }

    @Test("Invalid UTF-8 is refused")
    func invalidText() {
        let bytes = Array(#"{"rationale":""#.utf8) + [0xFF] + Array(#"","winner":"first","confidence":3}"#.utf8)
        #expect(fault(bytes)?.code == .invalidText)
    }

    @Test("Depth is limited, at its border")
    func depth() {
        func nested(_ depth: Int) -> String {
            #"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        #expect(fault(nested(7))?.code == .unknownField)
        #expect(fault(nested(8))?.code == .tooDeep)
        #expect(fault(String(repeating: "[", count: 60_000))?.code == .tooDeep)
    }

    @Test("Length is limited, at its border")
    func length() {
        func padded(_ length: Int) -> String {
            Self.good + String(repeating: " ", count: length - Self.good.utf8.count)
        }
        #expect(fault(padded(65_536)) == nil)
        #expect(fault(padded(65_537))?.code == .tooLarge)
    }

    @Test("The rationale is limited, at its border")
    func rationale() throws {
        func reply(_ count: Int) -> String {
            #"{"rationale":""# + String(repeating: "å", count: count) + #"","winner":"first","confidence":3}"#
        }
        #expect(try parse(reply(2_000)).rationale.count == 2_000)
        #expect(fault(reply(2_001))?.code == .outOfRange)
        #expect(fault(reply(2_001))?.field == "rationale")
    }

    @Test("A reply that is cut anywhere is no verdict")
    func truncation() {
        let bytes = Array(Self.good.utf8)
        for length in bytes.indices { #expect(fault(Array(bytes.prefix(length))) != nil) }
    }

    @Test("However a reply is damaged, it names the winner that stands in it or none")
    func mutation() {
        var generator = SplitMix64(seed: 42)
        let bytes = Array(Self.good.utf8)
        var verdicts = 0
        for _ in 0..<20_000 {
            var damaged = bytes
            for _ in 0...(generator.next() % 3) {
                let position = Int(generator.next() % UInt64(damaged.count))
                switch generator.next() % 3 {
                case 0: damaged[position] = UInt8(truncatingIfNeeded: generator.next())
                case 1: damaged.remove(at: position)
                default: damaged.insert(UInt8(truncatingIfNeeded: generator.next()), at: position)
                }
            }
            guard let verdict = try? VerdictParser.parse(damaged, levels: .two) else { continue }
            verdicts += 1
            // One or two damaged bytes cannot turn one name into the other.
            #expect(verdict.outcome == .first)
            #expect((1...5).contains(verdict.confidence))
        }
        #expect(verdicts > 0)
    }

    @Test("Messages quote nothing of the reply")
    func discretion() throws {
        let secret = #"{"rationale":"SECRET","winner":"SECRET","confidence":3}"#
        let error = try #require(fault(secret))
        #expect(!error.message.contains("SECRET"))
        #expect("\(error)" == error.message)
    }

    private func parse(_ json: String) throws -> Verdict {
        try VerdictParser.parse(Array(json.utf8), levels: .two)
    }

    private func fault(_ json: String) -> VerdictError? {
        fault(Array(json.utf8))
    }

    private func fault(_ json: [UInt8]) -> VerdictError? {
        do throws(VerdictError) {
            _ = try VerdictParser.parse(json, levels: .two)
            return nil
        } catch {
            return error
        }
    }
}
