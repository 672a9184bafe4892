import Testing

@testable import CJCore

@Suite("Blocks of a prompt")
struct PromptBlockTests {
    @Test("A prompt asks something of somebody, in blocks that have a text")
    func content() {
        #expect(code([]) == .nothingAsked)
        #expect(code([Self.system(.none)]) == .nothingAsked)
        #expect(code([Self.user(.none)]) == nil)
        #expect(code([PromptBlock(target: .user, text: "")]) == .emptyBlock(0))
        #expect(code([Self.user(.none), PromptBlock(target: .system, text: "")]) == .emptyBlock(1))
    }

    @Test("Four cache marks are allowed and five are not, wherever they stand")
    func cacheMarks() {
        let unmarked = [Self.system(.none), Self.user(.none)]
        #expect(code(unmarked + Array(repeating: Self.system(.oneHour), count: 4)) == nil)
        #expect(code(unmarked + Array(repeating: Self.system(.oneHour), count: 5)) == .tooManyCacheMarks(5))
        #expect(
            code(Array(repeating: Self.system(.oneHour), count: 2) + Array(repeating: Self.user(.fiveMinutes), count: 2)) == nil)
        #expect(
            code(Array(repeating: Self.system(.oneHour), count: 3) + Array(repeating: Self.user(.fiveMinutes), count: 2))
                == .tooManyCacheMarks(5))
    }

    @Test("An hour stands before five minutes, across the system and the user part")
    func order() {
        #expect(code([Self.system(.oneHour), Self.system(.fiveMinutes), Self.user(.none)]) == nil)
        #expect(code([Self.system(.oneHour), Self.user(.oneHour), Self.user(.fiveMinutes)]) == nil)
        #expect(code([Self.system(.fiveMinutes), Self.system(.oneHour), Self.user(.none)]) == .hourAfterMinutes(1))
        #expect(code([Self.system(.fiveMinutes), Self.user(.oneHour)]) == .hourAfterMinutes(1))
        #expect(code([Self.user(.fiveMinutes), Self.user(.none), Self.user(.oneHour)]) == .hourAfterMinutes(2))
        // A vendor reads the system part first, wherever it stands in the list.
        #expect(code([Self.user(.fiveMinutes), Self.system(.oneHour)]) == nil)
        #expect(code([Self.user(.oneHour), Self.system(.fiveMinutes)]) == .hourAfterMinutes(0))
    }

    @Test("Every list of up to four blocks is taken exactly when no hour follows five minutes and somebody is asked")
    func everyList() {
        let kinds = PromptBlock.Target.allCases.flatMap { target in
            PromptBlock.CacheMark.allCases.map { PromptBlock(target: target, text: "x", cacheMark: $0) }
        }
        var lists: [[PromptBlock]] = [[]]
        for _ in 0..<4 {
            lists = lists.flatMap { list in kinds.map { list + [$0] } }
            for list in lists {
                let read = list.filter { $0.target == .system } + list.filter { $0.target == .user }
                let marks = read.compactMap(\.cacheMark.timeToLive)
                let isSound = read.contains { $0.target == .user } && marks == marks.sorted()
                #expect((code(list) == nil) == isSound)
            }
        }
    }

    @Test("A block knows how it is to be kept, and its hash is of its text alone")
    func blocks() {
        #expect(PromptBlock.CacheMark.allCases.map(\.timeToLive) == [nil, "5m", "1h"])
        #expect([Self.user(.none), Self.user(.fiveMinutes), Self.user(.oneHour)].map(\.isCacheable) == [false, true, true])
        #expect(Set([Self.user(.none), Self.system(.oneHour)].map(\.sha256)).count == 1)
    }

    @Test("Static blocks, essays, the whole and the single text are one and the same", arguments: PromptTemplate.languages)
    func parts(language: String) throws {
        let template = try #require(PromptTemplate(language: language))
        let fixed = template.staticBlocks(question: "Q", rubric: "R", cacheMark: .oneHour)
        let essays = template.essayBlock(first: "one", second: "two")
        let prompt = template.prompt(question: "Q", rubric: "R", first: "one", second: "two", cacheMark: .oneHour)
        #expect(prompt.blocks == fixed + [essays])
        #expect(prompt.staticBlocks == fixed)
        #expect(prompt.singleText == (fixed + [essays]).map(\.text).joined(separator: "\n\n"))
        #expect(try Prompt(blocks: prompt.blocks) == prompt)
    }

    @Test(
        "Whatever of question and rubric is missing, no hole, no heading without text and no cache mark in the wrong place is left"
    )
    func holes() throws {
        for language in PromptTemplate.languages {
            let template = try #require(PromptTemplate(language: language))
            for levels in VerdictLevels.allCases {
                for question in [nil, "", "  ", "Q"] {
                    for rubric in [nil, "\n", "R"] {
                        let leveled = try #require(PromptTemplate(language: language, levels: levels))
                        let prompt = leveled.prompt(question: question, rubric: rubric, first: "one", second: "two")
                        #expect(code(prompt.blocks) == nil)
                        #expect(prompt.blocks.count == (question == "Q" ? 4 : 3))
                        #expect(prompt.blocks.map(\.isCacheable).dropLast(2).allSatisfy { !$0 })
                        #expect(prompt.blocks[prompt.blocks.count - 2].isCacheable && prompt.blocks.last?.isCacheable == false)
                        #expect(!prompt.singleText.contains("\n\n\n"))
                        #expect(prompt.singleText.contains(template.questionHeading) == (question == "Q"))
                        #expect(prompt.staticBlocks.allSatisfy { $0.text == $0.text.trimmed })
                    }
                }
            }
        }
    }

    private static func system(_ mark: PromptBlock.CacheMark) -> PromptBlock {
        PromptBlock(target: .system, text: "text", cacheMark: mark)
    }

    private static func user(_ mark: PromptBlock.CacheMark) -> PromptBlock {
        PromptBlock(target: .user, text: "text", cacheMark: mark)
    }

    private func code(_ blocks: [PromptBlock]) -> PromptError.Code? {
        do throws(PromptError) {
            _ = try Prompt(blocks: blocks)
            return nil
        } catch {
            return error.code
        }
    }
}

extension String {
    /// Without white space at its ends.
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
