import CJCore
import Testing

@testable import huleedu

@Suite("A table of judgements")
struct JudgementFileTests {
    /// Reads a text in pieces of a given length.
    private func read(_ bytes: [UInt8], pieces: Int = 1000) throws(CommandError) -> JudgementFile {
        var file = JudgementFile(name: "j.csv")
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try file.append(Array(bytes[start..<min(start + pieces, bytes.count)]))
        }
        try file.end()
        return file
    }

    @Test("is the same in pieces of every length", arguments: ["\n", "\r\n"])
    func pieces(lineEnd: String) throws {
        let lines = ["\u{FEFF}judge,winner,loser,note", "å,a,b,x", "j2,\"b, too\",a,\"two\(lineEnd)lines\"", "", "j2,a,c,"]
        let bytes = Array(lines.joined(separator: lineEnd).utf8)
        let whole = try read(bytes)
        #expect(whole.rows.map(\.first) == [0, 2, 0])
        #expect(whole.rows.map(\.second) == [1, 0, 3])
        #expect(whole.rows.map(\.judge) == [0, 1, 1])
        #expect(whole.judgements().items == ["a", "b", "b, too", "c"])
        #expect(whole.judgements().judges == ["j2", "å"])
        for length in 1...bytes.count { #expect(try read(bytes, pieces: length).rows == whole.rows) }
    }

    @Test("tells who was shown first, where it has the columns")
    func positions() throws {
        let file = try read(Array("judge;first;second;winner\nm;a;b;b\nm;b;c;b\n".utf8))
        #expect(file.tellsPositions)
        #expect(file.rows.map(\.outcome) == [.second, .first])
        #expect(try !read(Array("winner,loser\na,b".utf8)).tellsPositions)
    }

    @Test("tells ties, margins and weights, where it has them")
    func moreColumns() throws {
        let file = try read(
            Array("first,second,winner,margin,weight\na,b,tie,,1\na,b,,slight,2\na,b,a,clear,0.5\na,b,b,,3\n".utf8))
        #expect(file.rows.map(\.outcome) == [.tie, .tie, .first, .second])
        #expect(file.rows.map(\.margin) == [nil, .slight, .clear, nil])
        #expect(file.rows.map(\.weight) == [1, 2, 0.5, 3])
    }

    @Test("A row may stand for a billion judgements")
    func heaviest() throws {
        let file = try read(Array("winner,loser,weight\na,b,1000000000\n".utf8))
        #expect(file.rows.map(\.weight) == [JudgementFile.largestWeight])
    }

    @Test(
        "names what is wrong and where",
        arguments: [
            ("", CommandError.Code.tableEmpty, "header"), ("winner,loser\n", .noJudgements, "no judgements"),
            ("judge,win,lose\nj,a,b\n", .columnMissing, "winner and loser"), ("first,second\na,b\n", .columnMissing, "line 1"),
            ("winner,loser\na\n", .tableMalformed, "line 2"), ("winner,loser\na,b\n\na,a\n", .judgementUnusable, "line 4"),
            ("winner,loser\na,\n", .judgementUnusable, "without a name"),
            ("first,second,winner\na,b,c\n", .judgementUnusable, "expected \"a\", \"b\", or tie for neither"),
            ("first,second,winner,margin\na,b,a,huge\n", .judgementUnusable, "expected slight, clear or nothing"),
            ("winner,loser,weight\na,b,0\n", .judgementUnusable, "above 0"),
            ("winner,loser,weight\na,b,x\n", .judgementUnusable, "above 0"),
            ("winner,loser,weight\na,b,1000000001\n", .judgementUnusable, "up to a billion"),
            ("winner,loser\n\"a,b\n", .tableMalformed, "never closed"),
        ])
    func faults(text: String, code: CommandError.Code, says: String) {
        let error = #expect(throws: CommandError.self) { try read(Array(text.utf8)) }
        #expect(error?.code == code)
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("j.csv") == true)
        #expect(error?.exitStatus == 65)
    }

    @Test("is refused where it is not UTF-8, with the line")
    func encoding() {
        let error = #expect(throws: CommandError.self) { try read(Array("winner,loser\na,b\nx,".utf8) + [0xE5, 0x0A]) }
        #expect(error?.code == .tableNotUTF8)
        #expect(error?.message.contains("line 3") == true)
    }

    @Test("takes a line of the longest length and refuses one a byte longer")
    func longLines() throws {
        let header = Array("winner,loser\n".utf8)
        let name = [UInt8](repeating: 0x61, count: JudgementFile.longestLine - 2)
        #expect(try read(header + name + [0x2C, 0x62], pieces: 1 << 16).rows.count == 1)
        let error = #expect(throws: CommandError.self) { try read(header + name + [0x61, 0x2C, 0x62], pieces: 1 << 16) }
        #expect(error?.code == .tableMalformed)
    }
}
