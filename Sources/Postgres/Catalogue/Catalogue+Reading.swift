extension Catalogue {
    /// Reads the catalogue of a schema as it stands in a unit of work. Changes the unit's search path.
    static func read(schema: String, in unit: UnitOfWork) async throws -> Catalogue {
        // Names outside the path are written in full, so that the words are the same whoever asks.
        unit.send("SELECT set_config('search_path', 'pg_catalog', true)")
        let parts = [enumerations, tables, columns, collations, sequences, indexes, constraints, triggers, views, functions]
        let rows = try await unit.query(
            """
            WITH space AS (SELECT to_regnamespace(quote_ident(\(schema)))::oid AS oid)
            \(unescaped: parts.joined(separator: "\nUNION ALL\n"))
            """)
        return Catalogue(
            try rows.map { row in
                let (kind, name, definition) = try row.decode(String.self, String.self, String.self)
                guard let kind = Entry.Kind(rawValue: kind) else { throw PostgresError.missingAnswer }
                return Entry(kind: kind, name: name, definition: definition)
            })
    }

    private static let enumerations = """
        SELECT 'enumeration', type.typname::text, string_agg(value.enumlabel::text, ', ' ORDER BY value.enumsortorder)
        FROM space JOIN pg_type AS type ON type.typnamespace = space.oid JOIN pg_enum AS value ON value.enumtypid = type.oid
        GROUP BY type.typname
        """

    private static let tables = """
        SELECT 'table', class.relname::text,
            CASE class.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'logged' END
            || coalesce(' partition by ' || pg_get_partkeydef(class.oid), '')
            || coalesce(' partition ' || pg_get_expr(class.relpartbound, class.oid), '')
            || CASE WHEN class.relrowsecurity THEN ' row security' ELSE '' END
        FROM space JOIN pg_class AS class ON class.relnamespace = space.oid AND class.relkind IN ('r', 'p')
        """

    private static let columns = """
        SELECT 'column', class.relname::text || '.' || attribute.attname::text,
            format_type(attribute.atttypid, attribute.atttypmod)
            || CASE WHEN attribute.attnotnull THEN ' not null' ELSE '' END
            || CASE attribute.attidentity WHEN 'a' THEN ' identity' WHEN 'd' THEN ' identity by default' ELSE '' END
            || CASE attribute.attgenerated WHEN '' THEN '' ELSE ' generated' END
            || coalesce(' default ' || pg_get_expr(fallback.adbin, fallback.adrelid), '')
        FROM space JOIN pg_class AS class ON class.relnamespace = space.oid AND class.relkind IN ('r', 'p')
            JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
                AND attribute.attnum > 0 AND NOT attribute.attisdropped
            LEFT JOIN pg_attrdef AS fallback ON fallback.adrelid = class.oid AND fallback.adnum = attribute.attnum
        """

    /// Of columns that have another than their type's.
    private static let collations = """
        SELECT 'collation', class.relname::text || '.' || attribute.attname::text, attribute.attcollation::regcollation::text
        FROM space JOIN pg_class AS class ON class.relnamespace = space.oid AND class.relkind IN ('r', 'p')
            JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
                AND attribute.attnum > 0 AND NOT attribute.attisdropped
            JOIN pg_type AS type ON type.oid = attribute.atttypid AND type.typcollation <> attribute.attcollation
        """

    private static let sequences = """
        SELECT 'sequence', class.relname::text,
            format_type(sequence.seqtypid, NULL) || ' from ' || sequence.seqstart || ' by ' || sequence.seqincrement
            || ' between ' || sequence.seqmin || ' and ' || sequence.seqmax
            || CASE WHEN sequence.seqcycle THEN ' in a cycle' ELSE '' END
        FROM space JOIN pg_class AS class ON class.relnamespace = space.oid
            JOIN pg_sequence AS sequence ON sequence.seqrelid = class.oid
        """

    private static let indexes = """
        SELECT 'index', class.relname::text,
            pg_get_indexdef(index.indexrelid) || CASE WHEN index.indisvalid THEN '' ELSE ' (invalid)' END
        FROM space JOIN pg_class AS class ON class.relnamespace = space.oid
            JOIN pg_index AS index ON index.indexrelid = class.oid
        """

    /// Version 18 has constraints of a column's being not null too, which are part of the column here.
    private static let constraints = """
        SELECT 'constraint', class.relname::text || '.' || bound.conname::text,
            pg_get_constraintdef(bound.oid) || CASE WHEN bound.convalidated THEN '' ELSE ' (not validated)' END
        FROM space JOIN pg_constraint AS bound ON bound.connamespace = space.oid AND bound.contype <> 'n'
            JOIN pg_class AS class ON class.oid = bound.conrelid
        """

    private static let triggers = """
        SELECT 'trigger', class.relname::text || '.' || trigger.tgname::text,
            pg_get_triggerdef(trigger.oid) || CASE trigger.tgenabled WHEN 'O' THEN '' ELSE ' (' || trigger.tgenabled::text || ')' END
        FROM space JOIN pg_class AS class ON class.relnamespace = space.oid
            JOIN pg_trigger AS trigger ON trigger.tgrelid = class.oid AND NOT trigger.tgisinternal
        """

    private static let views = """
        SELECT 'view', class.relname::text, pg_get_viewdef(class.oid)
        FROM space JOIN pg_class AS class ON class.relnamespace = space.oid AND class.relkind IN ('v', 'm')
        """

    private static let functions = """
        SELECT 'function', routine.proname::text || '(' || pg_get_function_identity_arguments(routine.oid) || ')',
            CASE WHEN routine.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(routine.oid) END
        FROM space JOIN pg_proc AS routine ON routine.pronamespace = space.oid
        """
}
