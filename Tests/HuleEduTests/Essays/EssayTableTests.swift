import CJCore
import Testing

@testable import huleedu

@Suite struct EssayTableTests {
    private let folder = EssayFolder(
        path: "essays", essays: ["a.txt", "b.txt", "c\u{30A}.txt"].map { Essay(id: $0, text: $0) },
        skipped: [SkippedFile(name: "d.docx", reason: .otherExtension)])

    private func table(_ text: String) throws -> CSVTable {
        try CSVTable.parse(Array(text.utf8), name: "table.csv")
    }

    @Test func readsAnchors() throws {
        let anchors = try AnchorTable(table("grade,file,remark\nA,a.txt,x\nF,b.txt,\n"), essays: folder, scale: .swedish)
        #expect(anchors.grades == ["a.txt": "A", "b.txt": "F"])
    }

    @Test(arguments: [
        ("name,grade\na.txt,A\n", [CommandError.Code.columnMissing]), ("file,mark\na.txt,A\n", [.columnMissing]),
        ("file,grade\n", [.tableEmpty]), ("file,grade\na.txt,G\n", [.rowUnknownGrade]),
        ("file,grade\na.txt,\n", [.rowUnknownGrade]), ("file,grade\na.txt,A\n", [.anchorsAlike]),
        ("file,grade\na.txt,A\nb.txt,A\n", [.anchorsAlike]),
        (
            "file,grade\nx.txt,A\na.txt,A\na.txt,B\nd.docx,C\n,C\n",
            [.rowUnknownFile, .rowDuplicateFile, .rowUnknownFile, .rowUnknownFile]
        ),
    ])
    func namesEveryFaultOfTheAnchors(text: String, codes: [CommandError.Code]) throws {
        let table = try table(text)
        let error = try #require(throws: CommandError.self) { try AnchorTable(table, essays: folder, scale: .swedish) }
        #expect(error.all.map(\.code) == codes)
        #expect(error.all.allSatisfy { $0.message.contains("table.csv") })
    }

    @Test func saysWhichLineAndColumnAndWhatWasExpected() throws {
        let grade = try table("file,grade\na.txt,A\nb.txt,a\n")
        let error = #expect(throws: CommandError.self) { try AnchorTable(grade, essays: folder, scale: .swedish) }
        #expect(
            error?.message
                == "table.csv, line 3, column \"grade\": \"a\" is no grade of the scale; expected one of F, E, D, C, B, A.")
        let duplicate = try table("file,grade\na.txt,A\na.txt,B\n")
        let twice = #expect(throws: CommandError.self) { try AnchorTable(duplicate, essays: folder, scale: .swedish) }
        #expect(twice?.message == "table.csv, line 3, column \"file\": \"a.txt\" stands on line 2 already.")
        let skipped = try table("file,grade\nd.docx,A\n")
        let other = #expect(throws: CommandError.self) { try AnchorTable(skipped, essays: folder, scale: .swedish) }
        #expect(other?.message.contains("neither .txt nor .md") == true)
    }

    @Test func readsQualitiesFromTheColumnAskedFor() throws {
        let table = try table("file,overall,syntax\na.txt,1,3.5\nb.txt,2.5,-1e1\nc\u{30A}.txt,3,+4\n")
        #expect(try QualityTable(table, essays: folder).qualities["b.txt"] == 2.5)
        let syntax = try QualityTable(table, column: "syntax", essays: folder)
        #expect(syntax.qualities.values.sorted() == [-10, 3.5, 4])
        #expect(syntax.column == "syntax")
    }

    @Test func findsAnEssayWhicheverUnicodeFormTheTableUses() throws {
        let single = EssayFolder(
            path: "essays", essays: [Essay(id: "a\u{30A}.txt", text: "x"), Essay(id: "b.txt", text: "y")], skipped: [])
        let qualities = try QualityTable(table("file,overall\n\u{E5}.txt,1\nb.txt,2\n"), essays: single).qualities
        #expect(qualities.keys.contains { Array($0.unicodeScalars) == Array("a\u{30A}.txt".unicodeScalars) })
    }

    @Test func takesADecimalCommaWhereSemicolonsSeparate() throws {
        let table = try table("file;overall\na.txt;1,5\nb.txt;2\nc\u{30A}.txt;3.5\n")
        #expect(try QualityTable(table, essays: folder).qualities["a.txt"] == 1.5)
    }

    @Test(arguments: ["x", "", "1,5", "nan", "inf", "1e999", "0x10", "1 2", "--1"])
    func refusesWhatIsNoNumber(value: String) throws {
        let table = try table("file,overall\na.txt,\"\(value)\"\nb.txt,1\nc\u{30A}.txt,2\n")
        let error = #expect(throws: CommandError.self) { try QualityTable(table, essays: folder) }
        #expect(error?.code == .rowNotANumber)
        #expect(error?.message.contains("line 2") == true && error?.message.contains("column \"overall\"") == true)
    }

    @Test func wantsAQualityForEveryEssay() throws {
        let table = try table("file,overall\nb.txt,1\n")
        let error = try #require(throws: CommandError.self) { try QualityTable(table, essays: folder) }
        #expect(error.all.map(\.code) == [.rowMissing, .rowMissing])
        #expect(error.message.contains("\"a.txt\""))
    }
}
