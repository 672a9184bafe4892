private import CPostgres

extension ResultHandle {
    /// What the result means to a pipeline; nil for kinds of result that this module never asks for, `COPY` for example.
    var event: Pipeline.Event? {
        switch PQresultStatus(raw) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .completed(statementResult)
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: .failed(ServerReport(result: raw))
        case PGRES_PIPELINE_ABORTED: .aborted
        case PGRES_PIPELINE_SYNC: .synced
        default: nil
        }
    }

    /// The library's name for the kind of result.
    var statusName: String { String(cString: PQresStatus(PQresultStatus(raw))) }

    /// True when the server waits for data to copy, or is about to send some.
    var isCopy: Bool {
        switch PQresultStatus(raw) {
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: true
        default: false
        }
    }

    /// The error in a result of the simple protocol.
    var scriptError: PostgresError? {
        switch PQresultStatus(raw) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: nil
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: ServerReport(result: raw).error(outcome: .rolledBack)
        default: PostgresError(.unexpectedReply, "the script was answered with \(statusName)", outcome: .rolledBack)
        }
    }

    private var statementResult: StatementResult {
        StatementResult(
            table: table, rowCount: Int(String(cString: PQcmdTuples(raw))) ?? 0, tag: String(cString: PQcmdStatus(raw)))
    }

    /// Copies all values out of the library's memory.
    private var table: ResultTable {
        let columnCount = PQnfields(raw)
        let rowCount = PQntuples(raw)
        let columns = (0..<columnCount).map { column in
            ResultTable.Column(
                name: PQfname(raw, column).map { String(cString: $0) } ?? "", type: TypeID(rawValue: PQftype(raw, column)))
        }
        var bytes: [UInt8] = []
        var ends: [Int] = []
        ends.reserveCapacity(Int(rowCount) * Int(columnCount))
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                let isNull = PQgetisnull(raw, row, column) == 1
                if !isNull, let value = PQgetvalue(raw, row, column) {
                    bytes.append(contentsOf: UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(raw, row, column))))
                }
                ends.append(ResultTable.end(at: bytes.count, isNull: isNull))
            }
        }
        return ResultTable(columns: columns, rowCount: Int(rowCount), bytes: bytes, ends: ends)
    }
}

extension ServerReport {
    /// Reads the fields of an error or a notice; the result stays its owner's.
    init(result raw: OpaquePointer) {
        /// One field, by the letter it has in the protocol.
        func field(_ letter: Unicode.Scalar) -> String? {
            PQresultErrorField(raw, Int32(letter.value)).map { String(cString: $0) }
        }
        let severity = field("V").map { Severity(rawValue: $0) ?? .notice }
        let sqlState = field("C").map { SQLState(rawValue: $0) }
        self.init(
            // An error without a code was made up by the library when the connection broke.
            severity: severity ?? (sqlState == nil ? .fatal : .error), sqlState: sqlState,
            message: field("M") ?? String(cString: PQresultErrorMessage(raw)), constraint: field("n"))
    }
}
