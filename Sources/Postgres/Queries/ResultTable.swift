/// The rows of one result: all values in one buffer, so that a row costs no allocation of its own.
final class ResultTable: Sendable {
    struct Column: Sendable, Hashable {
        let name: String
        let type: TypeID
    }

    let columns: [Column]
    let rowCount: Int
    private let bytes: [UInt8]
    /// For each cell, row by row, where its bytes end in `bytes`; a NULL ends where it starts and has its sign bit set.
    private let ends: [Int]

    /// - Parameter ends: one per cell, made with ``end(at:isNull:)``.
    init(columns: [Column], rowCount: Int, bytes: [UInt8], ends: [Int]) {
        precondition(ends.count == rowCount * columns.count, "a result has one end per cell")
        self.columns = columns
        self.rowCount = rowCount
        self.bytes = bytes
        self.ends = ends
    }

    /// Bytes of all values together.
    var byteCount: Int { bytes.count }

    /// The entry for a cell that ends at `offset`.
    static func end(at offset: Int, isNull: Bool) -> Int { isNull ? ~offset : offset }

    /// The bytes of one cell; nil when it is NULL.
    func cell(row: Int, column: Int) -> ArraySlice<UInt8>? {
        let index = row * columns.count + column
        guard ends[index] >= 0 else { return nil }
        let start = index == 0 ? 0 : offset(ends[index - 1])
        return bytes[start..<ends[index]]
    }

    var rows: [Row] { (0..<rowCount).map { Row(table: self, index: $0) } }

    private func offset(_ end: Int) -> Int { end < 0 ? ~end : end }
}
