/// What a schema is made of, as the server describes it.
///
/// Storage parameters and statistics targets are left out: who runs a database may set them as its load asks for.
struct Catalogue: Sendable, Hashable {
    struct Entry: Sendable, Hashable {
        enum Kind: String, Sendable, CaseIterable {
            case enumeration, table, column, collation, sequence, index, constraint, trigger, view, function
        }

        let kind: Kind
        /// Within the schema: `essay.content`, `essay_pkey`.
        let name: String
        /// In the server's words.
        let definition: String
    }

    /// By kind and name.
    let entries: [Entry]
    /// What was looked for; one kept by an earlier version of this program may know of less.
    let kinds: Set<Entry.Kind>

    init(_ entries: [Entry], kinds: Set<Entry.Kind> = Set(Entry.Kind.allCases)) {
        self.entries = entries.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        self.kinds = kinds
    }
}

extension Catalogue.Entry {
    private static let separator = ", "

    /// An enumeration with its values in order.
    static func enumeration(_ name: String, _ values: [String]) -> Catalogue.Entry {
        Catalogue.Entry(kind: .enumeration, name: name, definition: values.joined(separator: separator))
    }

    /// An enumeration's values in order.
    var values: [String] {
        definition.split(separator: Self.separator).map(String.init)
    }
}

extension Catalogue {
    private static let separator: Character = "\t"
    /// Begins the line that tells which kinds were looked for.
    private static let heading = "kinds"
    /// What was looked for before there was such a line.
    private static let firstKinds: Set<Entry.Kind> = [.enumeration, .column, .index, .constraint]

    /// A line for each entry, to be kept in the database.
    var text: String {
        let heading = ([Self.heading] + kinds.map(\.rawValue).sorted()).joined(separator: String(Self.separator))
        let lines = entries.map { entry in
            [entry.kind.rawValue, entry.name, entry.definition]
                .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
                .joined(separator: String(Self.separator))
        }
        return ([heading] + lines).joined(separator: "\n")
    }

    /// Reads what ``text`` wrote; lines that another version wrote in another way are left out.
    init(text: String) {
        let lines = text.split(separator: "\n").map { $0.split(separator: Self.separator, omittingEmptySubsequences: false) }
        let kinds = lines.first.flatMap { $0.first == Self.heading[...] ? $0.dropFirst() : nil }
        self.init(
            lines.compactMap { fields in
                guard fields.count >= 3, let kind = Entry.Kind(rawValue: String(fields[0])) else { return nil }
                let definition = fields[2...].joined(separator: String(Self.separator))
                return Entry(kind: kind, name: String(fields[1]), definition: definition)
            },
            kinds: kinds.map { Set($0.compactMap { Entry.Kind(rawValue: String($0)) }) } ?? Self.firstKinds)
    }
}
