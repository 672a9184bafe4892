/// The object identifier by which PostgreSQL knows a type.
///
/// The constants are fixed by `pg_type.dat` in PostgreSQL's sources and never change.
public struct TypeID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let bool = TypeID(rawValue: 16)
    public static let bytea = TypeID(rawValue: 17)
    public static let char = TypeID(rawValue: 18)
    public static let name = TypeID(rawValue: 19)
    public static let int8 = TypeID(rawValue: 20)
    public static let int2 = TypeID(rawValue: 21)
    public static let int4 = TypeID(rawValue: 23)
    public static let text = TypeID(rawValue: 25)
    public static let oid = TypeID(rawValue: 26)
    public static let json = TypeID(rawValue: 114)
    public static let float4 = TypeID(rawValue: 700)
    public static let float8 = TypeID(rawValue: 701)
    public static let unknown = TypeID(rawValue: 705)
    public static let bpchar = TypeID(rawValue: 1042)
    public static let varchar = TypeID(rawValue: 1043)
    public static let timestamptz = TypeID(rawValue: 1184)
    public static let void = TypeID(rawValue: 2278)
    public static let uuid = TypeID(rawValue: 2950)
    public static let jsonb = TypeID(rawValue: 3802)

    public static let boolArray = TypeID(rawValue: 1000)
    public static let byteaArray = TypeID(rawValue: 1001)
    public static let int2Array = TypeID(rawValue: 1005)
    public static let int4Array = TypeID(rawValue: 1007)
    public static let textArray = TypeID(rawValue: 1009)
    public static let int8Array = TypeID(rawValue: 1016)
    public static let float8Array = TypeID(rawValue: 1022)
    public static let timestamptzArray = TypeID(rawValue: 1185)

    /// True for enums and other types made by `CREATE TYPE`: identifiers below 16384 belong to the server itself.
    public var isUserDefined: Bool { rawValue >= 16384 }

    public var description: String { "type \(rawValue)" }
}
