import Testing
import Wire

@Suite("A caller's words in a message")
struct EchoedTextTests {
    @Test("stay as they are where they can be shown, up to a hundred characters")
    func lengths() {
        let longest = String(repeating: "å", count: 100)
        #expect("huleedu.cj.v1.CJAssessment".echoed == "huleedu.cj.v1.CJAssessment")
        #expect("".echoed == "")
        #expect(longest.echoed == longest)
        #expect((longest + "x").echoed == longest + "…")
        #expect(String(repeating: "x", count: 1 << 20).echoed.count == 101)
    }

    @Test("have what a terminal would obey written out, within the same length")
    func escapes() {
        #expect("a\u{1b}[2J\nb".echoed == #"a\u{1b}[2J\u{a}b"#)
        #expect("\u{202e}evil\u{2028}".echoed == #"\u{202e}evil\u{2028}"#)
        #expect(#"\u{a}"#.echoed == #"\\u{a}"#)
        #expect(String(repeating: "\n", count: 20).echoed == String(repeating: #"\u{a}"#, count: 20))
        #expect(String(repeating: "\n", count: 21).echoed == String(repeating: #"\u{a}"#, count: 20) + "…")
    }

    /// Has no methods.
    private struct Nothing: RPCService {
        let name = "test.Nothing"
        let methods: [String] = []

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] { payload }
    }

    @Test("come back short and harmless when they name a service or a method that is not there")
    func router() async {
        let name = "\u{1b}" + String(repeating: "x", count: 1 << 16)
        let router = Router([Nothing()]) { _, _ in }
        for method in [MethodDescriptor(service: name, method: "m"), MethodDescriptor(service: "test.Nothing", method: name)] {
            let context = ServerContext(method: method, metadata: Metadata(), deadline: .after(.seconds(60)), peer: "test")
            guard case .failure(let error) = await router.answer([], by: router.route(of: context.method), context: context)
            else {
                Issue.record("an answer from nowhere")
                continue
            }
            #expect(error.message.count < 200 && error.message.contains(#"\u{1b}xxx"#))
        }
    }
}
