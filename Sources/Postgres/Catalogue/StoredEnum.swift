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

    /// What keeps this program from working with the database's type: values it lacks, values without a case, another order.
    func faults(in catalogue: Catalogue, schema: String) -> [SchemaFault] {
        let name = "enumeration \(schema).\(type)"
        let expected = values.joined(separator: ", ")
        guard let entry = catalogue.entries.first(where: { $0.kind == .enumeration && $0.name == type }) else {
            return [SchemaFault(kind: .missing, name: name, expected: expected, found: "")]
        }
        let found = entry.values
        let missing = values.filter { !found.contains($0) }.map { value in
            SchemaFault(kind: .missing, name: "value \(value) of \(name)", expected: expected, found: "")
        }
        let unforeseen = found.filter { !values.contains($0) && !incoming.contains($0) }.map { value in
            SchemaFault(kind: .unforeseen, name: "value \(value) of \(name)", expected: expected, found: value)
        }
        guard missing.isEmpty, unforeseen.isEmpty else { return missing + unforeseen }
        guard found.filter(values.contains) != values else { return [] }
        return [SchemaFault(kind: .different, name: "order of \(name)", expected: expected, found: entry.definition)]
    }
}
