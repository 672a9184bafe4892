/// How given grades agree with true ones, and what was said of them with what came true.
struct GradeTally {
    private let gradeCount: Int
    private var table: [[Double]]
    /// Of the probabilities of all grades.
    private(set) var stated = CalibrationTally()
    /// Of those of the grades that were given.
    private(set) var statedOfGrade = CalibrationTally()
    private var covered = 0.0
    private var sizes = 0.0

    init(gradeCount: Int) {
        self.gradeCount = gradeCount
        table = Array(repeating: Array(repeating: 0, count: gradeCount), count: gradeCount)
    }

    /// Begins with the next class.
    mutating func beginClass() {
        stated.beginClass()
        statedOfGrade.beginClass()
    }

    /// Counts a grade.
    mutating func add(_ given: Int, truth: Int) { table[truth][given] += 1 }

    /// Counts the probabilities of all grades, and a set of grades that was said to hold the true one.
    mutating func add(probabilities: [Double], given: Int, set: ClosedRange<Int>, truth: Int) {
        for (grade, probability) in probabilities.enumerated() { stated.add(probability, cameTrue: grade == truth) }
        statedOfGrade.add(probabilities[given], cameTrue: given == truth)
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

    /// Share of the sets that hold the true grade.
    var coverage: Double { covered / count }
    /// Grades in a set, on the mean.
    var meanSize: Double { sizes / count }

    private func weighted(_ weight: (Int, Int) -> Double) -> Double {
        var sum = 0.0
        for row in 0..<gradeCount { for column in 0..<gradeCount { sum += weight(row, column) * table[row][column] } }
        return sum
    }
}
