/// Which statements one connection has prepared, bounded, least recently used first out.
struct PreparedStatements {
    enum Plan: Hashable {
        /// Run the statement of this name.
        case reuse(name: String)
        /// Prepare under this name, then run.
        case prepare(name: String)
        /// Send the text each time.
        case unnamed
    }

    private struct Key: Hashable {
        let sql: String
        let types: [TypeID]

        /// Statements seldom differ in their types alone.
        func hash(into hasher: inout Hasher) { hasher.combine(sql) }
    }

    private struct Entry {
        let name: String
        var lastUse: Int
        /// False while the request to prepare it is on its way.
        var isConfirmed = false
    }

    /// Most statements kept; zero turns preparing off.
    let capacity: Int
    private var entries: [Key: Entry] = [:]
    /// Planned and not yet settled.
    private var unsettled: [Key] = []
    private var useCount = 0
    private var nameCount = 0
    /// Statements the server still has and the cache does not; the next batch closes them.
    private(set) var evictedNames: [String] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    mutating func plan(for query: Query) -> Plan {
        guard capacity > 0 else { return .unnamed }
        useCount += 1
        let key = Key(sql: query.sql, types: query.parameters.map(\.type))
        if let place = entries.index(forKey: key) {
            entries.values[place].lastUse = useCount
            return .reuse(name: entries.values[place].name)
        }
        if entries.count >= capacity, !evictLeastRecentlyUsed() { return .unnamed }
        nameCount += 1
        let name = "s\(nameCount)"
        entries[key] = Entry(name: name, lastUse: useCount)
        unsettled.append(key)
        return .prepare(name: name)
    }

    /// Takes note of how a batch ended: what the server has prepared, has closed, and found stale. What was planned and is not
    /// confirmed was skipped by the server and is forgotten.
    mutating func settle(prepared: [String], deallocated: [String], staleness: Pipeline.Staleness?) {
        let prepared = Set(prepared)
        for key in unsettled {
            guard let entry = entries[key] else { continue }
            if prepared.contains(entry.name) {
                entries[key]?.isConfirmed = true
            } else {
                entries[key] = nil
            }
        }
        unsettled = []
        evictedNames.removeAll { deallocated.contains($0) }
        switch staleness {
        case nil: break
        case .one(let name):
            guard let key = entries.first(where: { $0.value.name == name })?.key else { return }
            entries[key] = nil
            evictedNames.append(name)
        case .all:
            entries = [:]
            evictedNames = []
        }
    }

    /// True when something could be evicted; a batch may need more statements than the cache holds.
    private mutating func evictLeastRecentlyUsed() -> Bool {
        let oldest = entries.filter(\.value.isConfirmed).min { $0.value.lastUse < $1.value.lastUse }
        guard let oldest else { return false }
        entries[oldest.key] = nil
        evictedNames.append(oldest.value.name)
        return true
    }
}
