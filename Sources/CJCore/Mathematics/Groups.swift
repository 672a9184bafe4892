/// Elements that are joined into groups; answers whether two are in the same one (union by size, so that
/// chains stay shorter than the logarithm of the number of elements).
struct Groups: Sendable {
    private var parent: [Int]
    private var sizes: [Int]
    /// How many groups are left.
    private(set) var count: Int

    /// Every element alone.
    init(count: Int) {
        parent = Array(0..<count)
        sizes = Array(repeating: 1, count: count)
        self.count = count
    }

    /// The element that stands for the group of an element.
    func representative(of element: Int) -> Int {
        var element = element
        while parent[element] != element {
            element = parent[element]
        }
        return element
    }

    /// Number of elements in the group of an element.
    func size(of element: Int) -> Int {
        sizes[representative(of: element)]
    }

    /// Makes one group of the groups of two elements.
    mutating func join(_ one: Int, _ other: Int) {
        var larger = representative(of: one)
        var smaller = representative(of: other)
        guard larger != smaller else { return }
        if sizes[larger] < sizes[smaller] { swap(&larger, &smaller) }
        parent[smaller] = larger
        sizes[larger] += sizes[smaller]
        count -= 1
    }
}
