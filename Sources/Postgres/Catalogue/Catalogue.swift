/// What a schema is made of, as the server describes it: enumerations with their values in order, columns with type, nullability and
/// default, indexes, constraints.
struct Catalogue: Sendable, Hashable {
    struct Entry: Sendable, Hashable {
        enum Kind: String, Sendable, CaseIterable {
            case enumeration, column, index, constraint
        }

        let kind: Kind
        /// Within the schema: `essay.content`, `essay_pkey`.
        let name: String
        /// In the server's words.
        let definition: String
    }

    /// By kind and name.
    let entries: [Entry]

    init(_ entries: [Entry]) {
        self.entries = entries.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
    }

    /// Reads the catalogue of a schema as it stands in a unit of work. Changes the unit's search path.
    static func read(schema: String, in unit: UnitOfWork) async throws -> Catalogue {
        // Names outside the path are written in full, so that the words are the same whoever asks.
        unit.send("SELECT set_config('search_path', 'pg_catalog', true)")
        let rows = try await unit.query(
            """
            SELECT 'enumeration', type.typname::text, string_agg(value.enumlabel::text, ', ' ORDER BY value.enumsortorder)
            FROM pg_type AS type JOIN pg_enum AS value ON value.enumtypid = type.oid
            WHERE type.typnamespace = to_regnamespace(quote_ident(\(schema))) GROUP BY type.typname
            UNION ALL
            SELECT 'column', class.relname::text || '.' || attribute.attname::text,
                format_type(attribute.atttypid, attribute.atttypmod)
                || CASE WHEN attribute.attnotnull THEN ' not null' ELSE '' END
                || CASE attribute.attidentity WHEN 'a' THEN ' identity' WHEN 'd' THEN ' identity by default' ELSE '' END
                || coalesce(' default ' || pg_get_expr(fallback.adbin, fallback.adrelid), '')
            FROM pg_class AS class JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
            LEFT JOIN pg_attrdef AS fallback ON fallback.adrelid = class.oid AND fallback.adnum = attribute.attnum
            WHERE class.relnamespace = to_regnamespace(quote_ident(\(schema))) AND class.relkind IN ('r', 'p')
                AND attribute.attnum > 0 AND NOT attribute.attisdropped
            UNION ALL
            SELECT 'index', class.relname::text,
                pg_get_indexdef(index.indexrelid) || CASE WHEN index.indisvalid THEN '' ELSE ' (invalid)' END
            FROM pg_index AS index JOIN pg_class AS class ON class.oid = index.indexrelid
            WHERE class.relnamespace = to_regnamespace(quote_ident(\(schema)))
            UNION ALL
            SELECT 'constraint', class.relname::text || '.' || bound.conname::text,
                pg_get_constraintdef(bound.oid) || CASE WHEN bound.convalidated THEN '' ELSE ' (not validated)' END
            FROM pg_constraint AS bound JOIN pg_class AS class ON class.oid = bound.conrelid
            WHERE bound.connamespace = to_regnamespace(quote_ident(\(schema)))
            """)
        return Catalogue(
            try rows.map { row in
                let (kind, name, definition) = try row.decode(String.self, String.self, String.self)
                guard let kind = Entry.Kind(rawValue: kind) else { throw PostgresError.missingAnswer }
                return Entry(kind: kind, name: name, definition: definition)
            })
    }
}

extension Catalogue {
    private static let separator: Character = "\t"

    /// A line for each entry, to be kept in the database.
    var text: String {
        entries.map { entry in
            [entry.kind.rawValue, entry.name, entry.definition]
                .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
                .joined(separator: String(Self.separator))
        }.joined(separator: "\n")
    }

    /// Reads what ``text`` wrote; lines that another version wrote in another way are left out.
    init(text: String) {
        self.init(
            text.split(separator: "\n").compactMap { line in
                let fields = line.split(separator: Self.separator, maxSplits: 2, omittingEmptySubsequences: false)
                guard fields.count == 3, let kind = Entry.Kind(rawValue: String(fields[0])) else { return nil }
                return Entry(kind: kind, name: String(fields[1]), definition: String(fields[2]))
            })
    }
}
