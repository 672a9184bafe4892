import Testing

@testable import CJCore

@Suite("What comparisons in flight will narrow")
struct OutlookTests {
    @Test("Variances are those of covariances that are corrected for one answer after the other", arguments: [0, 1, 7, 8, 9, 17])
    func corrections(answers: Int) {
        let count = 12
        var simulation = Simulation(items: count, deviation: 2, seed: 4)
        let (scale, _) = simulation.run(RandomPairing(), comparisons: 40, step: 40)
        var outlook = Outlook(items: scale.items, scale: scale, answers: answers)
        var covariances = scale.items.map { one in scale.items.map { scale.covariance(of: one, and: $0) } }
        for answer in 0..<answers {
            let (one, other) = (answer % count, (answer * 5 + 3) % count == answer % count ? 11 : (answer * 5 + 3) % count)
            // V − w(Vx)(Vx)ᵀ/(1 + w·xᵀVx), with x the difference of the two.
            let shared = (0..<count).map { covariances[$0][one] - covariances[$0][other] }
            let variance = shared[one] - shared[other]
            let weight = ExpectedInformation.weight(
                difference: outlook.abilities[one] - outlook.abilities[other], variance: variance)
            for row in 0..<count {
                for column in 0..<count {
                    covariances[row][column] -= weight * shared[row] * shared[column] / (1 + weight * variance)
                }
            }
            outlook.expectAnswer(one, other)
        }
        for one in 0..<count {
            for other in 0..<one {
                let variance = covariances[one][one] + covariances[other][other] - 2 * covariances[one][other]
                #expect((outlook.variance(one, other) - variance).magnitude < 1e-9)
            }
        }
    }

    @Test("Before there is a scale, every item is as unknown as the next")
    func unknown() {
        var outlook = Outlook(items: ["a", "b", "c"], scale: nil, answers: 1)
        let before = outlook.variance(0, 1)
        #expect(before > 0 && before == outlook.variance(1, 2))
        outlook.expectAnswer(0, 1)
        #expect(outlook.variance(0, 1) < outlook.variance(1, 2))
        #expect(outlook.variance(1, 2) < before)
    }
}

@Suite("Places from which a condition holds")
struct PartitionPointTests {
    @Test("The first of them is found, at the ends too", arguments: 0...9)
    func first(count: Int) {
        let numbers = Array(0..<count)
        for border in 0...count { #expect(numbers.partitionPoint { $0 >= border } == border) }
        #expect(numbers[(count / 2)...].partitionPoint { $0 >= count } == count)
    }
}
