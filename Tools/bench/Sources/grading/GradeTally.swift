/// How given grades agree with true ones, and what was said of them with what came true.
struct GradeTally {
    private let gradeCount: Int
    private var table: [[Double]]
    private var stated: [Bin]
    private var statedOfGrade: [Bin]
    private var covered = 0.0
    private var sizes = 0.0

    /// Probabilities of about the same size.
    private struct Bin {
        var count = 0.0
        var said = 0.0
        var fulfilled = 0.0
    }

    private static let binCount = 20

    init(gradeCount: Int) {
        self.gradeCount = gradeCount
        table = Array(repeating: Array(repeating: 0, count: gradeCount), count: gradeCount)
        stated = Array(repeating: Bin(), count: Self.binCount)
        statedOfGrade = stated
    }

    /// Counts a grade.
    mutating func add(_ given: Int, truth: Int) { table[truth][given] += 1 }

    /// Counts the probabilities of all grades, and a set of grades that was said to hold the true one.
    mutating func add(probabilities: [Double], given: Int, set: ClosedRange<Int>, truth: Int) {
        for (grade, probability) in probabilities.enumerated() { Self.add(probability, grade == truth, to: &stated) }
        Self.add(probabilities[given], given == truth, to: &statedOfGrade)
        covered += set.contains(truth) ? 1 : 0
        sizes += Double(set.count)
    }

    var count: Double { table.reduce(0) { $0 + $1.reduce(0, +) } }
    var exact: Double { (0..<gradeCount).reduce(0) { $0 + table[$1][$1] } / count }
    /// Standard error of `exact`.
    var exactError: Double { (exact * (1 - exact) / count).squareRoot() }
    var meanError: Double { weighted { Double(abs($0 - $1)) } / count }
    /// Given less true grade, in steps.
    var bias: Double { weighted { Double($1 - $0) } / count }

    /// Cohen's κ with quadratic weights.
    var quadraticKappa: Double {
        let rows = table.map { $0.reduce(0, +) }
        let columns = (0..<gradeCount).map { column in table.reduce(0) { $0 + $1[column] } }
        var chance = 0.0
        for row in 0..<gradeCount {
            for column in 0..<gradeCount {
                chance += Double((row - column) * (row - column)) * rows[row] * columns[column] / count
            }
        }
        return 1 - weighted { Double(($0 - $1) * ($0 - $1)) } / chance
    }

    /// Mean distance between what was said and what came true, over the probabilities of every grade.
    var calibrationError: Double { Self.calibrationError(stated) }
    /// The same for the grade that was given alone.
    var calibrationErrorOfGrade: Double { Self.calibrationError(statedOfGrade) }
    /// Share of the sets that hold the true grade.
    var coverage: Double { covered / count }
    /// Grades in a set, on the mean.
    var meanSize: Double { sizes / count }

    private func weighted(_ weight: (Int, Int) -> Double) -> Double {
        var sum = 0.0
        for row in 0..<gradeCount { for column in 0..<gradeCount { sum += weight(row, column) * table[row][column] } }
        return sum
    }

    private static func add(_ probability: Double, _ cameTrue: Bool, to bins: inout [Bin]) {
        let bin = min(binCount - 1, Int(probability * Double(binCount)))
        bins[bin].count += 1
        bins[bin].said += probability
        bins[bin].fulfilled += cameTrue ? 1 : 0
    }

    private static func calibrationError(_ bins: [Bin]) -> Double {
        bins.reduce(0) { $0 + ($1.said - $1.fulfilled).magnitude } / bins.reduce(0) { $0 + $1.count }
    }
}
