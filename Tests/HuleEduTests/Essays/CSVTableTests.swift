import Testing

@testable import huleedu

@Suite struct CSVTableTests {
    private func parse(_ text: String, limits: CSVTable.Limits = .init()) throws(CommandError) -> CSVTable {
        try CSVTable.parse(Array(text.utf8), name: "table.csv", limits: limits)
    }

    @Test func readsColumnsRowsAndTheirLines() throws {
        let table = try parse("\u{FEFF}file,grade\r\na.txt,A\r\n\r\nb.txt,\"B\"\r\n")
        #expect(table.columns == ["file", "grade"])
        #expect(table.rows == [.init(line: 2, fields: ["a.txt", "A"]), .init(line: 4, fields: ["b.txt", "B"])])
    }

    @Test(arguments: [
        ("a,b\n1,2", [["1", "2"]]), ("a,b\r1,2\r", [["1", "2"]]), ("a,b\n\"1,\"\"x\"\"\",2\n", [["1,\"x\"", "2"]]),
        ("a,b\n\"line\r\nend\",2\n", [["line\r\nend", "2"]]), ("a,b\n 1 ,\t2\n", [["1", "2"]]),
        ("a,b\n\" 1 \",2\n", [[" 1 ", "2"]]),
        ("a,b\n,\n", [["", ""]]), ("a\n\"\"\n", [[""]]), ("a;b\n1,5;2\n", [["1,5", "2"]]), ("a,b\n\"1\" ,2\n", [["1", "2"]]),
        ("a,b\n", []), ("a,b\n  \"x\",y", [["x", "y"]]), ("å,\u{1F600}\nö,ä", [["ö", "ä"]]),
    ])
    func readsFieldsAsTheStandardSays(text: String, rows: [[String]]) throws {
        #expect(try parse(text).rows.map(\.fields) == rows)
    }

    @Test func countsLinesInsideQuotationMarks() throws {
        let table = try parse("a,b\n\"x\ny\r\nz\",1\nlast,2\n")
        #expect(table.rows.map(\.line) == [2, 5])
    }

    @Test(arguments: [
        ("", CommandError.Code.tableEmpty, ""), ("\n \n", .tableEmpty, ""), ("a,a\n", .columnAmbiguous, "line 1"),
        ("a,b\n1\n", .tableMalformed, "line 2"), ("a,b\n1,2\n\n1,2,3\n", .tableMalformed, "line 4"),
        ("a,b\n\"1,2\n3", .tableMalformed, "line 2"), ("a,b\n1\"2,3\n", .tableMalformed, "line 2"),
        ("a,b\n\"1\"2,3\n", .tableMalformed, "line 2"), ("a,b\n1\0,3\n", .tableMalformed, "line 2"),
    ])
    func namesWhatIsWrongAndWhere(text: String, code: CommandError.Code, place: String) {
        let error = #expect(throws: CommandError.self) { try parse(text) }
        #expect(error?.code == code)
        #expect(error?.message.contains("table.csv") == true)
        #expect(place.isEmpty || error?.message.contains(place) == true)
    }

    @Test func tellsTheLineOfAByteThatIsNotUTF8() {
        let error = #expect(throws: CommandError.self) {
            try CSVTable.parse(Array("a,b\nx,".utf8) + [0xE5], name: "table.csv")
        }
        #expect(error?.code == .tableNotUTF8)
        #expect(error?.message.contains("line 2") == true && error?.message.contains("offset 6") == true)
    }

    @Test func stopsAtItsLimits() throws {
        let limits = CSVTable.Limits(bytes: 40, columns: 3, rows: 2)
        #expect(try parse("a,b,c\n1,2,3\n4,5,6\n", limits: limits).rows.count == 2)
        #expect(throws: CommandError.self) { try parse("a,b,c\n1,2,3\n4,5,6\n7,8,9\n", limits: limits) }
        #expect(throws: CommandError.self) { try parse("a,b,c,d\n", limits: limits) }
        #expect(throws: CommandError.self) { try parse(String(repeating: "a", count: 41), limits: limits) }
        #expect(try parse(String(repeating: "a", count: 40), limits: limits).columns.count == 1)
    }

    @Test func findsAColumnInAnyCase() throws {
        let table = try parse("File,Overall\n")
        #expect(try table.index(ofColumn: "overall", for: "qualities") == 1)
        let error = #expect(throws: CommandError.self) { try table.index(ofColumn: "grade", for: "grades") }
        #expect(error?.code == .columnMissing)
        #expect(error?.message.contains("\"File\", \"Overall\"") == true)
    }

    @Test func namesATableThatIsNotThere() {
        let error = #expect(throws: CommandError.self) { try CSVTable.read("/nowhere/table.csv") }
        #expect(error?.code == .tableUnreadable)
        #expect(error?.exitStatus == 66)
    }

    @Test func survivesEveryPrefixAndManyMutations() {
        let table = Array("\u{FEFF}file,overall\r\n\"a,\"\"b\"\".txt\",3.5\r\nå.txt,\"4\"\r\n\r\nlast.txt,5".utf8)
        var random = SplitMix(state: 11)
        var inputs = (0...table.count).map { Array(table.prefix($0)) }
        for _ in 0..<20_000 {
            var bytes = table
            for _ in 0...(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] =
                    [0x22, 0x2C, 0x0A, 0x0D, 0x3B, 0x00, 0xC3, 0x20][Int(random.next() % 8)]
            }
            inputs.append(bytes)
        }
        for bytes in inputs {
            do throws(CommandError) {
                let table = try CSVTable.parse(bytes, name: "table.csv")
                #expect(table.rows.allSatisfy { $0.fields.count == table.columns.count })
                #expect(table.rows.map(\.line) == table.rows.map(\.line).sorted())
            } catch {
                #expect(error.message.contains("table.csv"))
            }
        }
    }
}
