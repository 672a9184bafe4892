/// How given grades agree with true ones, and what was said of them with what came true.
struct GradeTally {
    private let gradeCount: Int
    private var table: [[Double]]
    /// Of the probabilities of all grades.
    private(set) var stated = CalibrationTally()
    /// Of those of the grades that were given.
    private(set) var statedOfGrade = CalibrationTally()
    /// By grade, how often it was given, the sum of what was said of that, and how often it was right.
    private var byGrade: [(count: Double, said: Double, true: Double)]
    private var covered = 0.0
    private var sizes = 0.0

    init(gradeCount: Int) {
        self.gradeCount = gradeCount
        table = Array(repeating: Array(repeating: 0, count: gradeCount), count: gradeCount)
        byGrade = Array(repeating: (0, 0, 0), count: gradeCount)
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
        byGrade[given].count += 1
        byGrade[given].said += probabilities[given]
        byGrade[given].true += given == truth ? 1 : 0
        covered += set.contains(truth) ? 1 : 0
        sizes += Double(set.count)
    }

    var count: Double { table.reduce(0) { $0 + $1.reduce(0, +) } }
    var exact: Double { (0..<gradeCount).reduce(0) { $0 + table[$1][$1] } / count }
    /// Standard error of `exact`.
    var exactError: Double { (exact * (1 - exact) / count).squareRoot() }
    var meanError: Double { weighted { Double(abs($0 - $1)) } / count }
    /// Share of the given grades that are right, and what their probabilities say it is: of the lowest and the highest grade, and of the
    /// others.
    var exactAtEnds: (true: Double, said: Double) { exact(of: [0, gradeCount - 1]) }
    var exactBetween: (true: Double, said: Double) { exact(of: Array(1..<gradeCount - 1)) }
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

    private func exact(of grades: [Int]) -> (true: Double, said: Double) {
        let count = grades.reduce(0) { $0 + byGrade[$1].count }
        return (grades.reduce(0) { $0 + byGrade[$1].true } / count, grades.reduce(0) { $0 + byGrade[$1].said } / count)
    }

    private func weighted(_ weight: (Int, Int) -> Double) -> Double {
        var sum = 0.0
        for row in 0..<gradeCount { for column in 0..<gradeCount { sum += weight(row, column) * table[row][column] } }
        return sum
    }
}
