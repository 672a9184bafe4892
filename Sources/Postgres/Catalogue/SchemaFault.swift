/// One way in which a database differs from what its migrations made.
public struct SchemaFault: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The migrations made it, and it is not there.
        case missing
        /// It is there, and no migration made it.
        case unexpected
        /// It is there, and it is not what the migrations made.
        case different
    }

    public let kind: Kind
    /// `column essays.note.text`, for example.
    public let name: String
    /// In the server's words; empty for what is unexpected.
    public let expected: String
    /// In the server's words; empty for what is missing.
    public let found: String

    public var description: String {
        switch kind {
        case .missing: "\(name) is missing; expected: \(expected)"
        case .unexpected: "\(name) was made by no migration: \(found)"
        case .different: "\(name): expected \(expected), found \(found)"
        }
    }
}

extension SchemaFault {
    /// An index more than the migrations make that forbids nothing.
    var isAddedIndex: Bool {
        kind == .unexpected && name.hasPrefix("index ") && found.hasPrefix("CREATE INDEX") && !found.hasSuffix("(invalid)")
    }
}

extension Catalogue {
    /// What differs between this catalogue, which is as it should be, and another.
    ///
    /// - Parameters:
    ///   - isLoose: compares names only where the server may put the same definition in other words, as another major version does.
    ///   - exempt: enumerations that are compared with the program's own.
    func faults(in found: Catalogue, schema: String, isLoose: Bool, exempt: Set<String>) -> [SchemaFault] {
        let known = Dictionary(uniqueKeysWithValues: found.entries.map { (Key($0), $0) })
        let wanted = Set(entries.map(Key.init))
        let changed = entries.compactMap { entry -> SchemaFault? in
            guard !Self.isExempt(entry, exempt) else { return nil }
            let name = "\(entry.kind.rawValue) \(schema).\(entry.name)"
            guard let own = known[Key(entry)] else {
                return SchemaFault(kind: .missing, name: name, expected: entry.definition, found: "")
            }
            guard own.definition != entry.definition, !(isLoose && entry.kind != .enumeration) else { return nil }
            return SchemaFault(kind: .different, name: name, expected: entry.definition, found: own.definition)
        }
        let added = found.entries.filter { !wanted.contains(Key($0)) && !Self.isExempt($0, exempt) }.map { entry in
            SchemaFault(
                kind: .unexpected, name: "\(entry.kind.rawValue) \(schema).\(entry.name)", expected: "", found: entry.definition)
        }
        return changed + added
    }

    private static func isExempt(_ entry: Entry, _ exempt: Set<String>) -> Bool {
        entry.kind == .enumeration && exempt.contains(entry.name)
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
