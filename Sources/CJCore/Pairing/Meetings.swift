/// How often each pair of items was shown, and in which order, by place.
///
/// Of the pairs of an item with those of higher place, only those that were shown are kept, in ascending order: an item meets some dozens
/// of others, among however many.
struct Meetings {
    /// How often two items were shown together.
    struct Count {
        /// With the item of lower place first, and with that of higher place first.
        var lowerFirst = 0
        var upperFirst = 0
        var total: Int { lowerFirst + upperFirst }
    }

    private struct Meeting {
        let upper: Int
        var count = Count()
    }

    /// By the lower place.
    private var rows: [[Meeting]]

    init(itemCount: Int) { rows = Array(repeating: [], count: itemCount) }

    /// Of two items, in either order.
    subscript(one: Int, other: Int) -> Count {
        let (lower, upper) = (min(one, other), max(one, other))
        let row = rows[lower]
        let place = Self.place(of: upper, in: row)
        return place < row.count && row[place].upper == upper ? row[place].count : Count()
    }

    /// Counts in that two items were shown in this order.
    ///
    /// - Returns: how often they had been shown before.
    mutating func add(first: Int, second: Int) -> Int {
        let (lower, upper) = (min(first, second), max(first, second))
        let place = Self.place(of: upper, in: rows[lower])
        if place == rows[lower].count || rows[lower][place].upper != upper {
            rows[lower].insert(Meeting(upper: upper), at: place)
        }
        let before = rows[lower][place].count.total
        if first == lower {
            rows[lower][place].count.lowerFirst += 1
        } else {
            rows[lower][place].count.upperFirst += 1
        }
        return before
    }

    /// Calls for every pair that was shown, in ascending order of its places.
    func forEach(_ body: (_ lower: Int, _ upper: Int, _ count: Count) -> Void) {
        for (lower, row) in rows.enumerated() {
            for meeting in row { body(lower, meeting.upper, meeting.count) }
        }
    }

    /// Where a place stands in a row, or would.
    private static func place(of upper: Int, in row: [Meeting]) -> Int {
        // Where meetings come in ascending order, each new one belongs at the end.
        if let last = row.last, last.upper < upper { return row.count }
        return row.partitionPoint { $0.upper >= upper }
    }
}
