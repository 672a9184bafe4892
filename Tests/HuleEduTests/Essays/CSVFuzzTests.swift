import Fuzzing
import Testing

@testable import huleedu

@Suite struct CSVFuzzTests {
    /// A table: each row has a field for each column, and a table that is read, written with every field quoted, reads the same.
    private static let table = FuzzTarget("csv") { input in
        guard let table = parsed(input) else { return }
        try FuzzFinding.require(table.rows.allSatisfy { $0.fields.count == table.columns.count }, "a row of another length")
        let again = parsed(Array(([table.columns] + table.rows.map(\.fields)).map(line).joined().utf8))
        try FuzzFinding.require(again?.columns == table.columns, "columns read differently once they have been written")
        try FuzzFinding.require(again?.rows.map(\.fields) == table.rows.map(\.fields), "rows read differently")
    }

    private static func parsed(_ bytes: [UInt8]) -> CSVTable? {
        do throws(CommandError) {
            return try CSVTable.parse(bytes, name: "table.csv")
        } catch {
            return nil
        }
    }

    private static func line(_ fields: [String]) -> String {
        fields.map { field in "\"" + String(field.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] }) + "\"" }.joined(separator: ",")
            + "\n"
    }

    @Test func readsAnythingOrSaysWhyNot() throws {
        try Self.table.replay(try Corpus.inputs(of: "csv"), mutations: 3000, seed: 1)
    }
}
