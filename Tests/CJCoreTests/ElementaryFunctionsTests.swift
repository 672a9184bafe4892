private import CVectorMath
import Testing

@testable import CJCore

@Suite("Elementary functions")
struct ElementaryFunctionsTests {
    @Test(
        "The exponential has its known values",
        arguments: [
            (0.0, 1.0), (1.0, 2.718281828459045), (-1.0, 0.36787944117144233), (0.5, 1.6487212707001282),
            (10.0, 22026.465794806718), (-20.0, 2.061153622438558e-9), (700.0, 1.0142320547350045e304),
            (709.7, 1.6549840276802644e308), (-745.0, .leastNonzeroMagnitude),
        ])
    func exponential(x: Double, expected: Double) {
        let tolerance = max(4e-16 * expected, .leastNonzeroMagnitude * 2)
        #expect((ElementaryFunctions.exp(x) - expected).magnitude <= tolerance)
    }

    @Test(
        "The logarithm has its known values",
        arguments: [
            (1.0, 0.0), (2.0, 0.6931471805599453), (10.0, 2.302585092994046), (0.1, -2.3025850929940455),
            (1e300, 690.7755278982137), (.leastNonzeroMagnitude, -744.4400719213812), (1.4142135623730951, 0.34657359027997264),
        ])
    func logarithm(x: Double, expected: Double) {
        #expect((ElementaryFunctions.log(x) - expected).magnitude <= 4e-16 * max(1e-16, expected.magnitude))
    }

    @Test("Borders of the functions")
    func borders() {
        #expect(ElementaryFunctions.exp(-.infinity) == 0)
        #expect(ElementaryFunctions.exp(.infinity) == .infinity)
        #expect(ElementaryFunctions.exp(.nan).isNaN)
        #expect(ElementaryFunctions.log(0) == -.infinity)
        #expect(ElementaryFunctions.log(-1).isNaN)
        #expect(ElementaryFunctions.log(.infinity) == .infinity)
        #expect(ElementaryFunctions.logistic(-800) == 0)
        #expect(ElementaryFunctions.logistic(800) == 1)
        #expect(ElementaryFunctions.logOnePlusExp(800) == 800)
        #expect(ElementaryFunctions.logOnePlusExp(-800) == 0)
        #expect(ElementaryFunctions.logOnePlusExp(-50) == ElementaryFunctions.exp(-50))
    }

    @Test("Exponential and logarithm undo each other over their range")
    func inverses() {
        for step in -700...700 {
            let x = Double(step) + 0.37
            let back = ElementaryFunctions.log(ElementaryFunctions.exp(x))
            #expect((back - x).magnitude <= 1e-15 * max(1, x.magnitude))
        }
    }

    @Test(
        "The normal distribution has its known values",
        arguments: [
            (0.0, 0.5), (1.0, 0.8413447460685429), (-1.0, 0.15865525393145707), (1.96, 0.9750021048517795),
            (-3.0, 0.0013498980316300933), (0.123456, 0.5491269927023118), (5.0, 0.9999997133484281), (-40.0, 0), (40.0, 1),
        ])
    func normalDistribution(x: Double, expected: Double) {
        #expect((NormalDistribution.cumulative(x) - expected).magnitude < 1e-14)
    }

    @Test("The generator gives the published numbers for seed 1234567")
    func splitMix() {
        var generator = SplitMix64(seed: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("Streams of a seed differ, and repeat")
    func streams() {
        var one = SplitMix64(seed: 1, stream: 1)
        var again = SplitMix64(seed: 1, stream: 1)
        var other = SplitMix64(seed: 1, stream: 2)
        let (first, second, third) = (one.next(), again.next(), other.next())
        #expect(first == second)
        #expect(first != third)
    }

    @Test("Draws below a bound reach every value about equally often")
    func drawsBelow() {
        var generator = SplitMix64(seed: 5)
        var tally = Array(repeating: 0, count: 7)
        for _ in 0..<7_000 { tally[generator.below(7)] += 1 }
        #expect(tally.allSatisfy { (900...1_100).contains($0) })
    }

    @Test("Eight logarithms of 1 + x at once are those that come one by one, also where x is lost in the sum")
    func logOnePlus() {
        for exponent in stride(from: -320.0, through: 0, by: 0.37) {
            var logits = SIMD8<Double>.zero
            for place in 0..<8 { logits[place] = exponent * Double(place) / 7 }
            let eight = ElementaryFunctions.logOnePlus(ElementaryFunctions.exp(logits))
            for place in 0..<8 {
                let one = ElementaryFunctions.logOnePlusExp(logits[place])
                #expect((eight[place] - one).magnitude <= 2e-15 * one)
            }
        }
        #expect(ElementaryFunctions.logOnePlus(SIMD8(repeating: 0)) == SIMD8(repeating: 0))
    }

    private static let functionsOfMany = [
        "exponential": huleedu_exponential, "logistic": huleedu_logistic, "logarithm of one plus": huleedu_log_one_plus,
    ]

    @Test(
        "Functions of many numbers are the same to the bit however many a processor deals with at a time",
        arguments: [
            ("exponential", -600.0...600.0), ("logistic", -600.0...600.0), ("logarithm of one plus", 0.0...1.0),
        ])
    func sameToTheBit(name: String, range: ClosedRange<Double>) throws {
        let function = try #require(Self.functionsOfMany[name])
        var generator = SplitMix64(seed: 5)
        let numbers =
            [range.lowerBound, range.upperBound, 0] + (0..<1021).map { _ in Double.random(in: range, using: &generator) }
        var values = numbers
        huleedu_apply(function, &values, values.count)
        #expect(values != numbers)
        for width in [1, 4, 8] where width <= huleedu_vector_width() {
            var again = numbers
            huleedu_apply_by(width, function, &again, again.count)
            #expect(again.map(\.bitPattern) == values.map(\.bitPattern), "\(width) at a time")
        }
    }

    @Test("Eight probabilities at once are those that come one by one, as far as logits go")
    func eightProbabilities() {
        let farthest = ElementaryFunctions.farthestOfEight
        for start in stride(from: -farthest, through: farthest - 7, by: 1.7) {
            var logits = SIMD8<Double>.zero
            for place in 0..<8 { logits[place] = start + Double(place) }
            let eight = ElementaryFunctions.logistic(logits)
            for place in 0..<8 {
                let one = ElementaryFunctions.logistic(logits[place])
                #expect((eight[place] - one).magnitude <= 1e-15 * one)
            }
        }
    }
}

@Suite("Symmetric matrices")
struct SymmetricMatrixTests {
    @Test("The inverse times the matrix is the identity", arguments: [0, 1, 2, 7, 8, 9, 16, 17, 40, 128, 129, 264])
    func inverse(size: Int) throws {
        var generator = SplitMix64(seed: UInt64(size))
        var matrix = SymmetricMatrix(size: size)
        for row in 0..<size {
            for column in 0...row {
                let value = generator.unit() - 0.5
                matrix[row, column] = value
                matrix[column, row] = value
            }
            matrix[row, row] += Double(size)
        }
        let inverse = try #require(CholeskyFactor(matrix)).inverse()
        for row in 0..<size {
            for column in 0..<size {
                let sum = (0..<size).reduce(0) { $0 + matrix[row, $1] * inverse[$1, column] }
                #expect((sum - (row == column ? 1 : 0)).magnitude < 1e-12)
            }
        }
    }

    @Test("Taking out what rows have in common is the same as multiplying by I − 1/n on both sides", arguments: [1, 7, 8, 9, 15])
    func centred(count: Int) {
        var generator = SplitMix64(seed: UInt64(count))
        var matrix = SymmetricMatrix(size: count + 1)
        for row in 0...count {
            for column in 0...row {
                matrix[row, column] = generator.unit()
                matrix[column, row] = matrix[row, column]
            }
        }
        let centred = matrix.centred(Array(0..<count))
        func mean(_ value: (Int) -> Double) -> Double { (0..<count).reduce(0) { $0 + value($1) } / Double(count) }
        let whole = mean { row in mean { matrix[row, $0] } }
        #expect(centred.size == count)
        for row in 0..<count {
            for column in 0..<count {
                let expected = matrix[row, column] - mean { matrix[row, $0] } - mean { matrix[$0, column] } + whole
                #expect((centred[row, column] - expected).magnitude < 1e-14)
            }
        }
    }

    @Test("A matrix that is not positive definite has no factor, whichever row shows it", arguments: [1, 8, 9, 20])
    func indefinite(row: Int) {
        var matrix = SymmetricMatrix(size: 21)
        for place in 0..<21 { matrix[place, place] = place == row ? -1 : 1 }
        #expect(CholeskyFactor(matrix) == nil)
    }

    @Test("Two rows that are too alike have no factor")
    func alike() {
        var matrix = SymmetricMatrix(size: 2)
        matrix[0, 0] = 1
        matrix[1, 1] = 1
        matrix[0, 1] = 2
        matrix[1, 0] = 2
        #expect(CholeskyFactor(matrix) == nil)
    }

    @Test("Determinant and solution of a known system")
    func knownSystem() throws {
        var matrix = SymmetricMatrix(size: 2)
        matrix[0, 0] = 4
        matrix[0, 1] = 2
        matrix[1, 0] = 2
        matrix[1, 1] = 3
        let factor = try #require(CholeskyFactor(matrix))
        #expect((factor.logDeterminant(size: 2) - 2.0794415416798357).magnitude < 1e-15)
        let solution = factor.solve([8, 8])
        #expect((solution[0] - 1).magnitude < 1e-15)
        #expect((solution[1] - 2).magnitude < 1e-15)
    }
}
