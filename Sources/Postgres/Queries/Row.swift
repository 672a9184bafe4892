/// One row of a result.
///
/// A row keeps its whole result in memory; decode what is needed and let it go.
public struct Row: Sendable {
    let table: ResultTable
    let index: Int

    /// Names of the columns, in order.
    public var columnNames: [String] { table.columns.map(\.name) }

    /// Reads the first columns, one for each type given.
    ///
    /// ```swift
    /// let (id, body) = try row.decode(Int64.self, String?.self)
    /// ```
    ///
    /// - Throws: `.decodingFailed` when there are fewer columns than types, or a value is not of its type.
    public func decode<each T: ColumnDecodable>(_ types: repeat (each T).Type) throws(PostgresError) -> (repeat each T) {
        var column = 0
        func next<V: ColumnDecodable>(_ type: V.Type) throws(PostgresError) -> V {
            defer { column += 1 }
            guard column < table.columns.count else {
                throw failure("the row has \(table.columns.count) columns; more were asked for")
            }
            return try value(at: column, as: type)
        }
        return (repeat try next(each types))
    }

    /// Reads the first column.
    ///
    /// - Throws: `.decodingFailed` when there is no column, or the value is not of the type.
    public func decode<T: ColumnDecodable>(_ type: T.Type) throws(PostgresError) -> T {
        guard !table.columns.isEmpty else { throw failure("the row has no columns") }
        return try value(at: 0, as: type)
    }

    /// Reads the column of this name, the first one when several have it.
    ///
    /// - Throws: `.decodingFailed` when there is no such column, or the value is not of the type.
    public func decode<T: ColumnDecodable>(_ column: String, as type: T.Type) throws(PostgresError) -> T {
        guard let position = table.columns.firstIndex(where: { $0.name == column }) else {
            throw failure("the row has no column \"\(column)\"")
        }
        return try value(at: position, as: type)
    }

    private func value<T: ColumnDecodable>(at column: Int, as type: T.Type) throws(PostgresError) -> T {
        do throws(DecodingMismatch) {
            return try T.decodeColumn(table.cell(row: index, column: column), type: table.columns[column].type)
        } catch {
            throw failure("column \"\(table.columns[column].name)\": \(error.reason)", cause: error)
        }
    }

    private func failure(_ message: String, cause: DecodingMismatch? = nil) -> PostgresError {
        // The row cannot know whether its statement has been committed; the careful answer is that it may have been.
        PostgresError(.decodingFailed, message, outcome: .inDoubt, cause: cause)
    }
}
