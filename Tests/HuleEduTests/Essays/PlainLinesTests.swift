import CJCore
import Testing

@testable import huleedu

@Suite("Tables whose lines hold no quotation marks")
struct PlainLinesTests {
    private func parser(columns: Int = 64, rows: Int = 10_000) -> CSVParser {
        CSVParser(separator: ",", name: "t.csv", limits: .init(columns: columns, rows: rows))
    }

    @Test("Lines are cut by the byte as they are by the scalar, whatever stands in them")
    func sameAsScalars() throws {
        let pieces = [
            "a", "essay 7", ",", ",", "\n", "\r\n", "\n\n", " ", "\t", "\u{A0}", "\u{2003}x", "å", "👩‍🏫", "\"q, \"\"r\"\"\"", "\r",
            "\u{1F}",
        ]
        for seed in 0..<2_000 {
            var random = SplitMix64(seed: UInt64(seed))
            var (bytewise, scalarwise) = (parser(), parser())
            var (one, other): ([CSVTable.Row], [CSVTable.Row]) = ([], [])
            var failures: [CommandError?] = [nil, nil]
            // Two pieces, so that the second begins in the middle of whatever the first has left open.
            let texts = (0..<2).map { _ in
                (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }
                    .joined() + "\n"
            }
            do throws(CommandError) {
                for text in texts { one += try bytewise.records(inLines: Array(text.utf8)) }
                one += try bytewise.end()
            } catch { failures[0] = error }
            do throws(CommandError) {
                for text in texts { other += try scalarwise.records(in: text) }
                other += try scalarwise.end()
            } catch { failures[1] = error }
            #expect(failures[0]?.message == failures[1]?.message, "\(texts)")
            if failures[0] == nil { #expect(one == other, "\(texts)") }
        }
    }

    @Test("As many fields and rows as are allowed are read, and not one more")
    func limits() throws {
        var three = parser(columns: 3)
        #expect(try three.records(inLines: Array("a,b,c\n".utf8)).count == 1)
        let fields = #expect(throws: CommandError.self) { try three.records(inLines: Array("a,b,c,d\n".utf8)) }
        #expect(fields?.message == "t.csv, line 2: more than 3 fields in one record.")
        // The header is no row.
        var two = parser(rows: 2)
        #expect(try two.records(inLines: Array("h\na\nb\n".utf8)).count == 3)
        let rows = #expect(throws: CommandError.self) { try two.records(inLines: Array("c\n".utf8)) }
        #expect(rows?.code == .tableTooLarge)
    }
}
