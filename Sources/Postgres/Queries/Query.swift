private import Glibc

/// One SQL statement with its parameters.
///
/// Write it as a string literal; what is interpolated is bound as a parameter in binary format and never becomes SQL text:
///
/// ```swift
/// let rows = try await pool.query("SELECT body FROM essay WHERE id = \(id) AND language = \(language)")
/// ```
public struct Query: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The statement's text, with `$1`, `$2`, … where values were interpolated.
    public let sql: String
    public let parameters: [Parameter]

    /// A statement whose parameters have been numbered by the caller.
    public init(sql: String, parameters: [Parameter] = []) {
        self.sql = sql
        self.parameters = parameters
    }

    public init(stringLiteral value: String) {
        self.init(sql: value)
    }

    public init(stringInterpolation interpolation: StringInterpolation) {
        self.init(sql: interpolation.sql, parameters: interpolation.parameters)
    }

    /// Collects the text and the parameters of an interpolated query.
    public struct StringInterpolation: StringInterpolationProtocol {
        private(set) var sql = ""
        private(set) var parameters: [Parameter] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + 3 * interpolationCount)
            parameters.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            sql += literal
        }

        /// Binds a value as the next parameter.
        public mutating func appendInterpolation(_ value: some ParameterEncodable) {
            parameters.append(value.parameter)
            sql += "$\(parameters.count)"
        }

        /// Binds a value, or NULL, as the next parameter.
        public mutating func appendInterpolation(_ value: (some ParameterEncodable)?) {
            parameters.append(value.parameter)
            sql += "$\(parameters.count)"
        }

        /// Splices text into the statement as it stands: for names chosen by the program, never for input.
        public mutating func appendInterpolation(unescaped text: String) {
            sql += text
        }
    }
}

extension Query {
    /// The protocol counts parameters in 16 bits.
    static let maxParameters = 65_535
    /// No value of PostgreSQL may exceed 1 GB; this is what one message may carry in all.
    static let maxParameterBytes = 1_000_000_000

    /// Checks what the C library would cut short or refuse late.
    func validate() throws(PostgresError) {
        guard !sql.utf8.containsNUL else {
            throw PostgresError(.invalidQuery, "the statement's text contains a NUL byte", outcome: .notSent)
        }
        guard parameters.count <= Self.maxParameters else {
            throw PostgresError(
                .invalidQuery, "\(parameters.count) parameters; a statement takes \(Self.maxParameters)", outcome: .notSent)
        }
        guard parameterByteCount <= Self.maxParameterBytes else {
            throw PostgresError(
                .invalidQuery, "\(parameterByteCount) bytes of parameters; a statement takes \(Self.maxParameterBytes)",
                outcome: .notSent)
        }
        // The server would refuse it, too, but without saying which parameter it was.
        if let index = parameters.firstIndex(where: \.isTextWithNUL) {
            throw PostgresError(
                .invalidQuery, "parameter $\(index + 1) contains a NUL byte, which text cannot hold", outcome: .notSent)
        }
    }

    /// Bytes of all parameter values together.
    var parameterByteCount: Int { parameters.reduce(0) { $0 + ($1.bytes?.count ?? 0) } }
}

extension Collection<UInt8> {
    /// Looks for a NUL as fast as the C library does, because every text is looked through before it is sent.
    var containsNUL: Bool {
        withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        } ?? contains(0)
    }
}
