import Testing

@testable import Wire

@Suite("What goes out first that came in first")
struct FirstInFirstOutTests {
    @Test(
        "is in order whatever comes and goes, and all there is can be seen and changed", arguments: 1...8 as ClosedRange<UInt64>)
    func order(seed: UInt64) {
        var (queue, expected) = (FirstInFirstOut<Int>(), [Int]())
        var state = seed
        for step in 0..<3000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Grows to many, and shrinks to none.
            let isGrowing = step / 500 % 2 == 0
            if (state >> 33) % 4 < (isGrowing ? 3 : 1) {
                queue.append(step)
                expected.append(step)
            } else {
                let element = queue.removeFirst()
                #expect(element == (expected.isEmpty ? nil : expected.removeFirst()))
            }
            #expect(queue.count == expected.count && queue.isEmpty == expected.isEmpty && queue.first == expected.first)
            if step % 97 == 0 {
                queue.changeAll { $0 += 1 }
                expected = expected.map { $0 + 1 }
                #expect(queue.all == expected)
            }
        }
        queue.removeAll()
        #expect(queue.isEmpty && queue.removeFirst() == nil && queue.all.isEmpty)
    }
}
