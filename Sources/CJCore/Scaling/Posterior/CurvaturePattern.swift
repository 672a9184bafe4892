/// Where the curvature of a log posterior has entries: between items that were compared, between items and the position biases of
/// their judges, and between everything and the thresholds where answers depend on them.
///
/// The rows of items come first; in each, items that it was compared with, then biases, then both thresholds.
struct CurvaturePattern: Sendable {
    private(set) var matrix: SparseSymmetricMatrix.Pattern
    let layout: PointLayout
    let hasThresholds: Bool
    /// For each cell of the table, the entry between its two items.
    private(set) var pairs: [Int32]
    /// For each cell, the entries between its lower and its upper item and the bias of its judge; empty where there is one bias.
    private let lowerBiases: [Int32]
    private let upperBiases: [Int32]

    init(table: ComparisonTable, layout: PointLayout, hasThresholds: Bool) {
        self.layout = layout
        self.hasThresholds = hasThresholds
        let cells = table.cells
        let meetings = layout.biasCount > 1 ? Meetings(table) : nil
        var starts: [Int32] = [0]
        var columns: [Int32] = []
        var pairs: [Int32] = []
        var biasStarts: [Int32] = []
        starts.reserveCapacity(layout.dimension + 1)
        columns.reserveCapacity(cells.count + 3 * layout.dimension)
        pairs.reserveCapacity(cells.count)
        var cell = 0
        for item in 0..<layout.itemCount {
            var last: Int32 = -1
            while cell < cells.count, cells[cell].lower == Int32(item) {
                let upper = cells[cell].upper
                if upper != last { columns.append(upper) }
                last = upper
                pairs.append(Int32(columns.count - 1))
                cell += 1
            }
            if let meetings {
                biasStarts.append(Int32(columns.count))
                columns += meetings.judges(of: item).map { Int32(layout.itemCount) + $0 }
            } else {
                columns.append(Int32(layout.itemCount))
            }
            if hasThresholds { columns += [Int32(layout.clear), Int32(layout.tie)] }
            starts.append(Int32(columns.count))
        }
        for _ in layout.biases {
            if hasThresholds { columns += [Int32(layout.clear), Int32(layout.tie)] }
            starts.append(Int32(columns.count))
        }
        if hasThresholds { columns.append(Int32(layout.tie)) }
        starts += [Int32(columns.count), Int32(columns.count)]
        matrix = SparseSymmetricMatrix.Pattern(size: layout.dimension, starts: starts, columns: columns)
        self.pairs = pairs
        lowerBiases =
            meetings.map { met in cells.map { biasStarts[Int($0.lower)] + met.place(of: $0.judge, with: $0.lower) } } ?? []
        upperBiases =
            meetings.map { met in cells.map { biasStarts[Int($0.upper)] + met.place(of: $0.judge, with: $0.upper) } } ?? []
    }

    /// Takes up a cell that has come into the table; there is one bias.
    ///
    /// - Returns: the entry that was made for its two items; nothing where they had one.
    mutating func insert(_ cell: ComparisonTable.Cell, at index: Int, of table: ComparisonTable) -> Int? {
        let neighbours = [index - 1, index + 1].filter { table.cells.indices.contains($0) }
        if let neighbour = neighbours.first(where: { table.cells[$0].lower == cell.lower && table.cells[$0].upper == cell.upper })
        {
            pairs.insert(pairs[min(neighbour, index)], at: index)
            return nil
        }
        // After the entry of the cell before, or first in its row.
        let row = Int(cell.lower)
        let isFirst = index == 0 || table.cells[index - 1].lower != cell.lower
        let entry = isFirst ? Int(matrix.starts[row]) : Int(pairs[index - 1]) + 1
        matrix.insert(row: row, column: Int(cell.upper), at: entry)
        pairs.insert(Int32(entry), at: index)
        for later in (index + 1)..<max(pairs.count, index + 1) { pairs[later] += 1 }
        return entry
    }

    /// The entry between an item of a cell and the position bias of the cell's judge.
    func bias(of cell: Int, item: Int, isLower: Bool) -> Int {
        guard lowerBiases.isEmpty else { return Int(isLower ? lowerBiases[cell] : upperBiases[cell]) }
        return Int(matrix.starts[item + 1]) - (hasThresholds ? 3 : 1)
    }

    /// The entry between an item, or a bias, and the threshold of clear answers; that of ties follows it.
    func clear(of place: Int) -> Int { Int(matrix.starts[place + 1]) - 2 }

    /// The entry between the two thresholds.
    var clearTie: Int { matrix.columns.count - 1 }

    /// Which judges each item has met.
    private struct Meetings {
        private var starts: [Int32] = [0]
        private var met: [Int32] = []

        init(_ table: ComparisonTable) {
            let ends = table.cells.flatMap {
                [Int($0.first) * table.judgeCount + Int($0.judge), Int($0.second) * table.judgeCount + Int($0.judge)]
            }
            let order = RadixSort.order(of: ends, maximum: table.itemCount * table.judgeCount)
            var last = -1
            for place in order where ends[Int(place)] != last {
                last = ends[Int(place)]
                while starts.count <= last / table.judgeCount { starts.append(Int32(met.count)) }
                met.append(Int32(last % table.judgeCount))
            }
            while starts.count <= table.itemCount { starts.append(Int32(met.count)) }
        }

        func judges(of item: Int) -> ArraySlice<Int32> { met[Int(starts[item])..<Int(starts[item + 1])] }

        /// Which of the judges that an item has met this one is.
        func place(of judge: Int32, with item: Int32) -> Int32 {
            Int32(judges(of: Int(item)).partitionPoint { $0 >= judge }) - starts[Int(item)]
        }
    }
}
