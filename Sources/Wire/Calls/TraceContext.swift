/// Where in a trace a call stands, as W3C's Trace Context (level 1) has it: what happens in several processes on behalf of one call has
/// one trace id.
public struct TraceContext: Sendable, Hashable {
    /// The name of the header, and of the metadata, that carries it.
    public static let key = "traceparent"

    /// Sixteen bytes, not all zero, as 32 lower-case hexadecimal digits.
    public let traceID: String
    /// Who calls: eight bytes, not all zero, as 16 lower-case hexadecimal digits.
    public let spanID: String
    /// Whether the caller records the trace.
    public let isSampled: Bool

    /// Reads a header; nil for one that is not as the standard says, which is to be taken as none.
    public init?(_ traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 4, Self.isHexadecimal(parts[0], count: 2), parts[0] != "ff",
            // A later version may have more parts.
            parts.count == 4 || parts[0] != "00",
            Self.isID(parts[1], count: 32), Self.isID(parts[2], count: 16), Self.isHexadecimal(parts[3], count: 2),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(traceID: parts[1], spanID: parts[2], isSampled: flags & 1 == 1)
    }

    private init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// The beginning of a trace that nobody records.
    public init(using generator: inout some RandomNumberGenerator) {
        self.init(
            traceID: Self.digits(of: generator.next()) + Self.digits(of: generator.next()),
            spanID: Self.digits(of: generator.next()), isSampled: false)
    }

    /// The beginning of a trace of its own for what has such an id, the same each time.
    ///
    /// - Parameter digest: at least 24 bytes that no other has, of a cryptographic hash.
    public init(digest: [UInt8]) {
        let digits = digest.prefix(24).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        self.init(traceID: digits.prefix(16).joined(), spanID: digits.suffix(8).joined(), isSampled: false)
    }

    /// The same trace, one call further.
    public func next(using generator: inout some RandomNumberGenerator) -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.digits(of: generator.next()), isSampled: isSampled)
    }

    /// The header.
    public var traceparent: String { "00-\(traceID)-\(spanID)-0\(isSampled ? 1 : 0)" }

    private static func digits(of number: UInt64) -> String {
        // All zero would be no id.
        let digits = String(max(1, number), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isID(_ text: String, count: Int) -> Bool {
        isHexadecimal(text, count: count) && text.utf8.contains { $0 != UInt8(ascii: "0") }
    }

    private static func isHexadecimal(_ text: String, count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}
