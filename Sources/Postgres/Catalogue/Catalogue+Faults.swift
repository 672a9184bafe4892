extension Catalogue {
    /// What differs between this catalogue, which is as it should be, and another.
    ///
    /// - Parameter isLoose: compares names only where the server may put the same definition in other words, as another major version
    ///   does.
    func faults(in found: Catalogue, schema: String, isLoose: Bool) -> [SchemaFault] {
        let known = Dictionary(uniqueKeysWithValues: found.entries.map { (Key($0), $0) })
        let wanted = Set(entries.map(Key.init))
        let changed = entries.compactMap { entry -> SchemaFault? in
            let name = entry.name(in: schema)
            guard let own = known[Key(entry)] else {
                return SchemaFault(kind: .missing, name: name, expected: entry.definition, found: "")
            }
            guard own.definition != entry.definition, !(isLoose && entry.kind != .enumeration) else { return nil }
            return SchemaFault(kind: .different, name: name, expected: entry.definition, found: own.definition)
        }
        let added = found.entries.filter { kinds.contains($0.kind) && !wanted.contains(Key($0)) }.map { entry in
            SchemaFault(kind: .unexpected, name: entry.name(in: schema), expected: "", found: entry.definition)
        }
        return changed + added
    }

    /// The catalogue without what is not to be compared: some enumerations, and of the others the values that may come before the
    /// migration that makes them.
    func comparable(besides known: Set<String>, _ enums: [StoredEnum]) -> Catalogue {
        let stored = Dictionary(enums.map { ($0.type, $0) }) { first, _ in first }
        let lasting = entries.compactMap { entry -> Entry? in
            guard entry.kind == .enumeration, let own = stored[entry.name] else { return entry }
            guard !known.contains(entry.name) else { return nil }
            return .enumeration(entry.name, entry.values.filter { own.values.contains($0) || !own.incoming.contains($0) })
        }
        return Catalogue(lasting, kinds: kinds)
    }

    private struct Key: Hashable {
        let kind: Entry.Kind
        let name: String

        init(_ entry: Entry) {
            kind = entry.kind
            name = entry.name
        }
    }
}

extension Catalogue.Entry {
    fileprivate func name(in schema: String) -> String { "\(kind.rawValue) \(schema).\(name)" }
}
