extension Posterior {
    /// Two abilities at most are moved at a time.
    private typealias Two = SIMD2<Double>

    /// Change of an ability at which the two have settled, in logits; the climb sees to the rest.
    private static let settled = 1e-3

    /// Moves two items to where they stand best while everything else stays where it is, and gradient and curvature with them.
    ///
    /// One answer about them changes little but their own abilities. When these have settled, by a few steps that look at no answers but
    /// the two items' own, all others are so near the mode that one more look at all answers leads there.
    func settle(_ one: Int, _ other: Int, point: inout [Double], slope: inout Slope) {
        let own = table.cells.indices.filter { index in
            let (first, second) = (Int(table.cells[index].first), Int(table.cells[index].second))
            return first == one || second == one || first == other || second == other
        }
        for index in own { add(table.cells[index], at: index, point: point, to: &slope, times: -1) }
        let start = Two(point[one], point[other])
        for _ in 0..<Self.settlingSteps {
            let step = settlingStep(one, other, cells: own, point: point)
            point[one] += step[0]
            point[other] += step[1]
            if max(step[0].magnitude, step[1].magnitude) < Self.settled { break }
        }
        for index in own { add(table.cells[index], at: index, point: point, to: &slope) }
        slope.gradient[one] -= precision[one] * (point[one] - start[0])
        slope.gradient[other] -= precision[other] * (point[other] - start[1])
    }

    /// Steps at most; three or four are usual.
    private static let settlingSteps = 8

    /// Newton's step of two abilities, shortened where it is long, so that it is sure to rise (see ``mode(startingAt:)``).
    private func settlingStep(_ one: Int, _ other: Int, cells: [Int], point: [Double]) -> Two {
        var pull = Two(-precision[one] * point[one], -precision[other] * point[other])
        var (weight, between) = (Two(precision[one], precision[other]), 0.0)
        for index in cells {
            let cell = table.cells[index]
            let answer = self.slope(of: cell, at: point)
            let scale = scale(of: Int(cell.judge))
            let (push, bend) = (cell.weight * scale * answer.byLogit, cell.weight * scale * scale * answer.logitLogit)
            let (first, second) = (Int(cell.first), Int(cell.second))
            let part = Two(first == one ? 1 : second == one ? -1 : 0, first == other ? 1 : second == other ? -1 : 0)
            pull += push * part
            weight += bend * part * part
            between += bend * part[0] * part[1]
        }
        let determinant = weight[0] * weight[1] - between * between
        let step = Two(weight[1] * pull[0] - between * pull[1], weight[0] * pull[1] - between * pull[0]) / determinant
        let change = largestScale * max(step[0].magnitude, step[1].magnitude, (step[0] - step[1]).magnitude)
        return change > 1 ? step * (ElementaryFunctions.log(1 + change) / change) : step
    }
}
