import CJCore
import Testing

/// What is said beforehand of the shares of grades counts when it is asked to, and only then.
@Suite("Expected shares of grades")
struct ExpectedSharesTests {
    private static let letters = ["F", "E", "D", "C", "B", "A"]

    @Test("Shares count when they are used, the more grades they expect above, the higher")
    func effect() throws {
        let high = try Self.meanGrade(shares: [0.02, 0.03, 0.05, 0.1, 0.3, 0.5], uses: true)
        let low = try Self.meanGrade(shares: [0.5, 0.3, 0.1, 0.05, 0.03, 0.02], uses: true)
        let none = try Self.meanGrade(shares: nil, uses: false)
        #expect(low < none - 0.2 && none < high - 0.2)
    }

    @Test("Shares that are not used change nothing")
    func unused() throws {
        #expect(
            try Self.meanGrade(shares: [0.5, 0.3, 0.1, 0.05, 0.03, 0.02], uses: false)
                == Self.meanGrade(shares: nil, uses: false))
    }

    @Test("The more anchors there are, the less shares count")
    func weight() throws {
        func effect(_ anchorsPerGrade: Int) throws -> Double {
            try Self.meanGrade(shares: [0.02, 0.03, 0.05, 0.1, 0.3, 0.5], uses: true, anchorsPerGrade: anchorsPerGrade)
                - Self.meanGrade(shares: nil, uses: false, anchorsPerGrade: anchorsPerGrade)
        }
        #expect(try effect(5) < 0.7 * effect(1))
    }

    @Test("Shares that are asked for and not given are refused")
    func missing() {
        #expect(throws: GradeError.self) { try Self.meanGrade(shares: nil, uses: true) }
    }

    /// Mean place of the expected grade over all items.
    private static func meanGrade(shares: [Double]?, uses: Bool, anchorsPerGrade: Int = 1) throws -> Double {
        var simulation = Simulation(items: 60, deviation: 2, seed: 77)
        let scale = simulation.run(RandomPairing(), comparisons: 600, step: 600).scale
        let anchors = letters.indices.flatMap { grade in
            simulation.items.filter { Self.grade(simulation.ability($0)) == grade }.prefix(anchorsPerGrade).map {
                Anchor(item: $0, grade: letters[grade])
            }
        }
        let projection = try GradeProjection(
            scale: scale, anchors: anchors, gradeScale: try GradeScale(grades: letters, expectedShares: shares),
            usesExpectedShares: uses)
        let places = scale.items.map { item in
            projection.grade(of: item).probabilities.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
        }
        return places.reduce(0, +) / Double(places.count)
    }

    private static func grade(_ ability: Double) -> Int { min(5, max(0, Int((ability / 1.2 + 3).rounded(.down)))) }
}
