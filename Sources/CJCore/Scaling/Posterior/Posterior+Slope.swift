extension Posterior {
    /// Gradient and curvature at a point.
    func slope(at point: [Double]) -> Slope {
        var slope = emptySlope
        evaluate(at: point, into: &slope)
        return slope
    }

    /// Gradient and curvature with every answer's share averaged over some distribution of points.
    ///
    /// - Parameters:
    ///   - point: the distribution's mean.
    ///   - answer: averages of the derivatives of the logarithm of an answer's probability, by its place in the table.
    func averagedSlope(at point: [Double], answer: (Int, ComparisonTable.Cell) -> ResponseModel.Slope) -> Slope {
        var slope = emptySlope
        beginWithPriors(at: point, into: &slope)
        for (index, cell) in table.cells.enumerated() { add(answer(index, cell), of: cell, at: index, to: &slope) }
        finish(&slope, at: point)
        return slope
    }

    private var emptySlope: Slope {
        let zeros = Array(repeating: 0.0, count: layout.dimension)
        let entries = Array(repeating: 0.0, count: pattern.matrix.columns.count)
        return Slope(
            gradient: zeros, curvature: SparseSymmetricMatrix(pattern: pattern.matrix, diagonal: zeros, entries: entries))
    }

    /// Puts gradient and curvature at a point in the place of those at another.
    func evaluate(at point: [Double], into slope: inout Slope) {
        beginWithPriors(at: point, into: &slope)
        if hasThresholds || layout.biasCount > 1 {
            for (index, cell) in table.cells.enumerated() { add(cell, at: index, point: point, to: &slope) }
        } else {
            findProbabilities(at: point, into: &slope.probabilities)
            addWins(
                slope.probabilities, gradient: &slope.gradient, diagonal: &slope.curvature.diagonal,
                entries: &slope.curvature.entries)
        }
        finish(&slope, at: point)
    }

    private func beginWithPriors(at point: [Double], into slope: inout Slope) {
        for index in 0..<layout.clear {
            slope.gradient[index] = -precision[index] * point[index]
            slope.curvature.diagonal[index] = precision[index]
        }
        for index in layout.clear..<layout.dimension {
            slope.gradient[index] = 0
            slope.curvature.diagonal[index] = 1
        }
        for index in slope.curvature.entries.indices { slope.curvature.entries[index] = 0 }
    }

    private func finish(_ slope: inout Slope, at point: [Double]) {
        if hasThresholds { addThresholdPrior(to: &slope, at: point) }
        if settings.biasDeviation == nil { holdBiases(in: &slope) }
    }
}

extension Posterior {
    /// The commonest case, one kind of judge and answers without margins and ties, by itself because it is faster.
    private func addWins(
        _ probabilities: [Double], gradient: inout [Double], diagonal: inout [Double], entries: inout [Double]
    ) {
        // By item, its shares of gradient, entry with the bias and diagonal: side by side, because all are added to by each answer.
        var sums = Array(repeating: (pulls: SIMD2<Double>.zero, weight: 0.0), count: layout.itemCount)
        var total = SIMD2<Double>.zero
        do {
            let (cells, pairs, probabilities) = (table.cells.span, pattern.pairs.span, probabilities.span)
            var entries = entries.mutableSpan
            var sums = sums.mutableSpan
            var row = 0
            var (rowPulls, rowWeight) = (SIMD2<Double>.zero, 0.0)
            for index in cells.indices {
                let cell = cells[index]
                let (lower, upper) = (Int(min(cell.first, cell.second)), Int(max(cell.first, cell.second)))
                // Minus one where the second is the lower: without a branch, for which of two comes first is up to chance.
                let sign = Double(1 | (cell.second - cell.first) >> 31)
                if lower != row {
                    sums[row].pulls += rowPulls
                    sums[row].weight += rowWeight
                    (row, rowPulls, rowWeight) = (lower, .zero, 0)
                }
                let probability = probabilities[index]
                let weight = cell.weight * probability * (1 - probability)
                let pulls = SIMD2(cell.firstWins - cell.weight * probability, weight)
                rowPulls += sign * pulls
                rowWeight += weight
                sums[upper].pulls -= sign * pulls
                sums[upper].weight += weight
                entries[Int(pairs[index])] -= weight
                total += pulls
            }
            if !sums.isEmpty {
                sums[row].pulls += rowPulls
                sums[row].weight += rowWeight
            }
        }
        for (item, sum) in sums.enumerated() {
            gradient[item] += sum.pulls[0]
            diagonal[item] += sum.weight
            entries[pattern.bias(of: 0, item: item, isLower: true)] = sum.pulls[1]
        }
        gradient[layout.itemCount] += total[0]
        diagonal[layout.itemCount] += total[1]
    }

    /// For each cell, how probable it is that the first item wins; without thresholds, and with judges who are alike.
    private func findProbabilities(at point: [Double], into probabilities: inout [Double]) {
        let (cells, bias) = (table.cells.span, point[layout.itemCount])
        if probabilities.count != cells.count { probabilities = Array(repeating: 0, count: cells.count) }
        do {
            let point = point.span
            var logits = probabilities.mutableSpan
            for index in cells.indices { logits[index] = point[Int(cells[index].first)] - point[Int(cells[index].second)] + bias }
        }
        let farthest = 2 * (0..<layout.itemCount).reduce(0) { max($0, point[$1].magnitude) } + bias.magnitude
        let isFar = !(farthest < ElementaryFunctions.farthestOfEight)
        let found = isFar ? 0 : ElementaryFunctions.replaceByLogistic(&probabilities)
        for index in found..<cells.count { probabilities[index] = ElementaryFunctions.logistic(probabilities[index]) }
    }

    /// Adds what one answer has to say.
    ///
    /// - Parameters:
    ///   - index: of the answer in the table.
    ///   - times: how often it is added.
    func add(_ cell: ComparisonTable.Cell, at index: Int, point: [Double], to slope: inout Slope, times: Double = 1) {
        var cell = cell
        cell.weight *= times
        add(self.slope(of: cell, at: point), of: cell, at: index, to: &slope)
    }

    private func add(_ answer: ResponseModel.Slope, of cell: ComparisonTable.Cell, at index: Int, to slope: inout Slope) {
        let (first, second, bias) = (Int(cell.first), Int(cell.second), layout.bias(of: cell.judge))
        let scale = scales[Int(cell.judge)]
        let weight = cell.weight * answer.logitLogit
        let pull = cell.weight * answer.byLogit
        slope.gradient[first] += scale * pull
        slope.gradient[second] -= scale * pull
        slope.curvature.diagonal[first] += scale * scale * weight
        slope.curvature.diagonal[second] += scale * scale * weight
        slope.curvature.entries[Int(pattern.pairs[index])] -= scale * scale * weight
        if settings.biasDeviation != nil {
            slope.gradient[bias] += pull
            slope.curvature.diagonal[bias] += weight
            slope.curvature.entries[pattern.bias(of: index, item: first, isLower: first < second)] += scale * weight
            slope.curvature.entries[pattern.bias(of: index, item: second, isLower: second < first)] -= scale * weight
        }
        if table.hasMargins {
            slope.gradient[layout.clear] += cell.weight * answer.byClear
            slope.curvature.diagonal[layout.clear] += cell.weight * answer.clearClear
            add(cell.weight * answer.logitClear, scale, first, second, bias, at: 0, to: &slope)
        }
        if table.hasTies {
            slope.gradient[layout.tie] += cell.weight * answer.byTie
            slope.curvature.diagonal[layout.tie] += cell.weight * answer.tieTie
            add(cell.weight * answer.logitTie, scale, first, second, bias, at: 1, to: &slope)
        }
        if table.hasMargins, table.hasTies { slope.curvature.entries[pattern.clearTie] += cell.weight * answer.clearTie }
    }

    /// Adds curvature by a logit and a threshold: that of clear answers, or the one after it.
    private func add(
        _ shared: Double, _ scale: Double, _ first: Int, _ second: Int, _ bias: Int, at offset: Int, to slope: inout Slope
    ) {
        slope.curvature.entries[pattern.clear(of: first) + offset] += scale * shared
        slope.curvature.entries[pattern.clear(of: second) + offset] -= scale * shared
        if settings.biasDeviation != nil { slope.curvature.entries[pattern.clear(of: bias) + offset] += shared }
    }

    /// Takes the position biases out of the system.
    private func holdBiases(in slope: inout Slope) {
        for bias in layout.biases { (slope.gradient[bias], slope.curvature.diagonal[bias]) = (0, 1) }
        guard layout.biasCount == 1 else { return }
        for item in 0..<layout.itemCount { slope.curvature.entries[pattern.bias(of: 0, item: item, isLower: true)] = 0 }
    }

    /// Priors of the thresholds: ln s − s/m, with s the distance from the threshold before and m its most probable value; of Davidson's η,
    /// N(0, 2²). Thresholds that nothing depends on are held.
    private func addThresholdPrior(to slope: inout Slope, at point: [Double]) {
        let prior = thresholdPrior(clear: point[layout.clear], tie: point[layout.tie])
        slope.gradient[layout.clear] += prior.byClear
        slope.gradient[layout.tie] += prior.byTie
        // What stands there so far is the 1 of parts that are held.
        slope.curvature.diagonal[layout.clear] += prior.clearClear - 1
        slope.curvature.diagonal[layout.tie] += prior.tieTie - 1
        slope.curvature.entries[pattern.clearTie] += prior.clearTie
    }
}
