extension Migrator {
    /// How the schema differs from what its migrations made, and from the enumerations of this program.
    ///
    /// With each migration the server's own description of the schema is kept beside the note that it was applied, so a difference is a
    /// change that somebody made by hand. Another major version may describe the same thing in other words; then names are compared and
    /// definitions are not. One line of migrations makes a schema; a second line in the same one changes what is expected of both.
    ///
    /// - Throws: ``PostgresError``; nothing is changed.
    public func faults(_ pool: Pool) async throws -> [SchemaFault] {
        guard try await Self.isTrue(pool.query(tableExists)) else {
            return [
                SchemaFault(
                    kind: .missing, name: "schema \(schema)", expected: "what \(migrations.count) migrations make", found: "")
            ]
        }
        return try await pool.unitOfWork("check schema") { unit in
            let kept = try await unit.query(
                """
                SELECT catalogue, server_version, current_setting('server_version_num')::int8 / 10000 FROM \(unescaped: table)
                ORDER BY applied_at DESC, version DESC LIMIT 1
                """)
            let found = Catalogue(text: try await Catalogue.read(schema: schema, in: unit).text)
            let ofEnums = enums.map { (type: $0.type, faults: $0.faults(in: found, schema: schema)) }
            let faults = ofEnums.flatMap(\.faults)
            guard let row = kept.first else { return faults }
            let (text, before, now) = try row.decode(String.self, Int64.self, Int64.self)
            let faulty = Set(ofEnums.filter { !$0.faults.isEmpty }.map(\.type))
            return faults
                + Catalogue(text: text).comparable(besides: faulty, enums).faults(
                    in: found.comparable(besides: faulty, enums), schema: schema, isLoose: before != now)
        }
    }

    /// Makes sure that the schema is what the migrations made. An index that somebody added to make a query quicker is no fault here.
    ///
    /// - Throws: ``PostgresError`` with `.schemaDrift`, which names what differs.
    func verify(_ pool: Pool) async throws {
        let faults = try await faults(pool).filter { !$0.isAddedIndex }
        guard !faults.isEmpty else { return }
        let listed = faults.prefix(Self.listedFaults).map(\.description).joined(separator: "; ")
        let more = faults.count > Self.listedFaults ? "; and \(faults.count - Self.listedFaults) more" : ""
        throw PostgresError(
            .schemaDrift, "the schema \(schema) is not what its migrations make: \(listed)\(more)", outcome: .notSent)
    }

    private static let listedFaults = 10
}
