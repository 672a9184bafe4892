/// The places at which two calls, or values, differ: the first of them, and how many there are.
package struct Differences: Sendable, Hashable {
    /// Those that are kept, as two long messages may differ in millions of places.
    static let mostKept = 1000
    /// Those that are told in lines.
    private static let mostTold = 20

    package private(set) var first: [Difference] = []
    package private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ difference: Difference) {
        count += 1
        if first.count < Self.mostKept { first.append(difference) }
    }

    /// A line for each of those that are told; of what more there are, only their number.
    func lines(_ line: (Difference) -> String) -> [String] {
        let told = first.prefix(Self.mostTold).map(line)
        return count > told.count ? told + ["and \(count - told.count) more differences"] : told
    }
}
