import Testing

@testable import LLMProviderService

@Suite("The schema of a reply")
struct JSONSchemaTests {
    private func fault(_ schema: String) -> String? {
        do throws(JSONSchemaError) {
            _ = try JSONSchema(Array(schema.utf8))
            return nil
        } catch {
            return error.message
        }
    }

    private func conforming(_ reply: String, to schema: String = Sample.schema) throws -> String? {
        let schema = try JSONSchema(Array(schema.utf8))
        guard let value = JSONValue(Array(reply.utf8)) else { return nil }
        do throws(JSONSchemaError) {
            return String(decoding: try schema.conforming(value).bytes, as: UTF8.self)
        } catch {
            return nil
        }
    }

    private func property(_ text: String) -> String { #"{"type":"object","properties":{"a":\#(text)}}"# }

    @Test("What would not be checked is not accepted")
    func refused() {
        for schema in [
            "", "[]", "{}", #"{"type":"array"}"#, #"{"type":"object"}"#, #"{"type":"object","properties":[]}"#,
            #"{"type":"object","properties":{},"minProperties":1}"#,
            #"{"type":"object","properties":{},"required":["a"]}"#, #"{"type":"object","properties":{},"required":"a"}"#,
            #"{"type":"object","properties":{},"required":[1]}"#,
            #"{"type":"object","properties":{},"additionalProperties":{"type":"string"}}"#,
            property("1"), property("{}"), property(#"{"type":"object"}"#), property(#"{"type":["string","null"]}"#),
            property(#"{"type":"integer","minimum":1}"#), property(#"{"type":"string","pattern":"x"}"#),
            property(#"{"type":"string","enum":"x"}"#), property(#"{"type":"string","enum":[]}"#),
            property(#"{"type":"string","enum":["x",1]}"#), property(#"{"type":"integer","enum":[1.5]}"#),
        ] {
            #expect(fault(schema) != nil, "\(schema)")
        }
        #expect(fault(Sample.schema) == nil)
        #expect(fault(property(#"{"type":"boolean","description":"x"}"#)) == nil)
    }

    @Test("A reply that fits is passed on, names in order")
    func fits() throws {
        #expect(try conforming(Sample.verdict) == #"{"confidence":4,"rationale":"Clearer.","winner":"first"}"#)
    }

    @Test("Listed texts may differ in capitals and get the schema's spelling, unless two of them differ in nothing else")
    func capitals() throws {
        #expect(
            try conforming(#"{"rationale":"x","winner":"FIRST","confidence":4}"#)
                == #"{"confidence":4,"rationale":"x","winner":"first"}"#)
        let twins = property(#"{"type":"string","enum":["A","a"]}"#)
        #expect(try conforming(#"{"a":"a"}"#, to: twins) == #"{"a":"a"}"#)
        #expect(try conforming(#"{"a":"A"}"#, to: twins) == #"{"a":"A"}"#)
        let umlauts = property(#"{"type":"string","enum":["Å","å"]}"#)
        #expect(try conforming(#"{"a":"A"}"#, to: umlauts) == nil)
    }

    @Test(
        "What does not fit is not passed on",
        arguments: [
            "[]", "null", "\"first\"", "{}", #"{"winner":"first","confidence":4}"#,
            #"{"rationale":"x","winner":"Essay 1","confidence":4}"#, #"{"rationale":"x","winner":"first","confidence":6}"#,
            #"{"rationale":"x","winner":"first","confidence":"4"}"#, #"{"rationale":"x","winner":"first","confidence":4.5}"#,
            #"{"rationale":"x","winner":"first","confidence":true}"#, #"{"rationale":null,"winner":"first","confidence":4}"#,
            #"{"rationale":["x"],"winner":"first","confidence":4}"#,
            #"{"rationale":"x","winner":"first","confidence":4,"tie":true}"#,
            #"{"rationale":"x","winner":"first","winner":"second","confidence":4}"#,
        ])
    func unfit(reply: String) throws {
        #expect(try conforming(reply) == nil)
    }

    @Test("A document in which a name occurs twice is no document, whatever stands in its strings")
    func duplicates() {
        #expect(JSONValue(Array(#"{"a":1,"a":1}"#.utf8)) == nil)
        #expect(JSONValue(Array(#"[{"b":{"a":1,"\u0061":2}}]"#.utf8)) == nil)
        #expect(JSONValue(Array(#"{"a:\":":"{\"x\":\\","b":[{"a":":"}]}"#.utf8)) != nil)
    }

    @Test(
        "Deep nesting, numbers beyond all bounds and bytes that are no text are no documents",
        arguments: [
            String(repeating: "[", count: 500_000), String(repeating: #"{"a":"#, count: 100_000), #"{"a":1e999}"#,
            #"{"a":"\ud800"}"#, "{} x", "",
        ])
    func hostile(text: String) {
        #expect(JSONValue(Array(text.utf8)) == nil)
    }

    @Test("A text is written so that any reader gets it back, and the same way every time")
    func text() {
        let text = "\u{0}\u{1F}\"\\\n\r\t/é\u{2028}👍"
        #expect(JSONText.string(text).text == #""\u0000\u001f\"\\\n\r\t/é"# + "\u{2028}👍\"")
        #expect(JSONValue(Array(JSONText.string(text).text.utf8)) == .string(text))
    }
}
