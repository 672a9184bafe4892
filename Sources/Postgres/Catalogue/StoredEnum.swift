/// A Swift enumeration whose cases are the values of a type in the database.
public struct StoredEnum: Sendable, Hashable {
    /// Name of the type, within the migrations' schema.
    public let type: String
    /// The cases' raw values, in the order of the database's.
    public let values: [String]
    /// Values that the database may have although this program has no case for them: what a newer program will write.
    public let incoming: Set<String>

    /// - Parameters:
    ///   - enumeration: its cases stand in the order of the database's values.
    ///   - type: name within the migrations' schema.
    public init<Value: CaseIterable & RawRepresentable<String>>(
        _ enumeration: Value.Type, type: String, incoming: Set<String> = []
    ) {
        self.type = type
        values = enumeration.allCases.map(\.rawValue)
        self.incoming = incoming
    }

    /// What keeps this program from working with the database's type; nil when nothing does.
    func fault(in catalogue: Catalogue, schema: String) -> SchemaFault? {
        let name = "enumeration \(schema).\(type)"
        let expected = values.joined(separator: ", ")
        guard let entry = catalogue.entries.first(where: { $0.kind == .enumeration && $0.name == type }) else {
            return SchemaFault(kind: .missing, name: name, expected: expected, found: "")
        }
        let found = entry.definition.split(separator: ",").map { String($0.drop { $0 == " " }) }
        guard found.filter({ !incoming.contains($0) || values.contains($0) }) != values else { return nil }
        return SchemaFault(kind: .different, name: name, expected: expected, found: entry.definition)
    }
}
