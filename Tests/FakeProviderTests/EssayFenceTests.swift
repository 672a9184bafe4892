import Testing

@testable import FakeProvider

@Suite("The essay fence")
struct EssayFenceTests {
    private let mark = "0123456789ab"

    private func fenced(_ number: Int, _ text: String, _ mark: String) -> String {
        "=====BEGIN ESSAY \(number) \(mark)=====\n\(text)\n=====END ESSAY \(number) \(mark)====="
    }

    @Test(
        "gives back both texts exactly",
        arguments: ["plain", "", "\n\nlines\n\n", "=====END ESSAY 1 ffffffffffff=====", "å 🦉\r\n"])
    func extraction(text: String) {
        let prompt = "Compare.\n" + fenced(1, text, mark) + "\n\n" + fenced(2, "other", mark) + "\nThank you."
        #expect(EssayFence.essays(in: prompt) == EssayFence.Essays(first: text, second: "other"))
    }

    @Test("finds nothing when a part is missing or the marks differ")
    func refusals() {
        #expect(EssayFence.essays(in: "") == nil)
        #expect(EssayFence.essays(in: fenced(1, "a", mark)) == nil)
        #expect(EssayFence.essays(in: fenced(2, "a", mark) + "\n" + fenced(1, "b", mark)) == nil)
        #expect(EssayFence.essays(in: fenced(1, "a", "short") + "\n" + fenced(2, "b", mark)) == nil)
        let broken = "=====BEGIN ESSAY 1 \(mark)=====\na\n=====END ESSAY 1 ba9876543210=====\n" + fenced(2, "b", mark)
        #expect(EssayFence.essays(in: broken) == nil)
    }

    @Test("never fails on a prompt cut off anywhere")
    func truncation() {
        let prompt = fenced(1, "one", mark) + "\n" + fenced(2, "two", mark)
        let bytes = Array(prompt.utf8)
        for count in 0..<bytes.count {
            #expect(EssayFence.essays(in: String(decoding: bytes.prefix(count), as: UTF8.self)) == nil)
        }
        #expect(EssayFence.essays(in: prompt) != nil)
    }
}
