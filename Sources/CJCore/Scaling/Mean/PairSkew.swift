/// How far the answers between two items lean to one side of the normal distributions that stand for them.
///
/// With its answer in the place of its site, a logit d has its mean and variance v as before, but a third cumulant κ. What is left out
/// beside the normal density is, but for higher cumulants, a factor 1 + κ/6v³·(d³ − 3vd) for every answer, d taken from its mean. One such factor
/// changes no covariance; two of them do. For logits d = aᵀθ with covariances S, the covariances V of the abilities grow to
///
///     V + V·K·V,     K = Σ ½ gᵢgⱼ Sᵢⱼ² aᵢaⱼᵀ  over i ≠ j,     g = κ/v³.
///
/// It is the first correction of Opper, Paquet and Winther (2013, "Perturbative corrections for approximate inference in Gaussian latent
/// variable models"). It matters where judgements are few and items far apart, so that answers are skewed: errors of items with σ = 4 after
/// eight comparisons each are too small by 3 % without it, and right to ½ % with it. Only answers with an item in common are
/// taken together, and position bias is held to be known; the others' covariances are small, and count by their squares.
struct PairSkew {
    let lower: Int
    let upper: Int
    /// Sum of κ/v³ over the answers between the two, for logits of the lower item's winning, in logits⁻³.
    private(set) var sum = 0.0
    /// Sum of the squares of the same.
    private(set) var squares = 0.0

    init(lower: Int, upper: Int) {
        self.lower = lower
        self.upper = upper
    }

    /// - Parameter scaled: κ/v³ of one answer; one that is no number, of a logit that is as good as known, counts for nothing.
    mutating func add(_ scaled: Double) {
        guard (scaled * scaled).isFinite else { return }
        sum += scaled
        squares += scaled * scaled
    }
}

extension SymmetricMatrix {
    /// V·K·V, of this matrix V of covariances of all items.
    func correction(for pairs: [PairSkew]) -> SymmetricMatrix {
        SymmetricMatrix(coupling: pairs, covariances: self).between(self)
    }

    /// K.
    private init(coupling pairs: [PairSkew], covariances: SymmetricMatrix) {
        self.init(size: covariances.size)
        var neighbours = Array(repeating: [(item: Int, skew: Double)](), count: size)
        for pair in pairs {
            neighbours[pair.lower].append((pair.upper, pair.sum))
            neighbours[pair.upper].append((pair.lower, -pair.sum))
            let variance = covariances.covariance(pair.lower, pair.upper, pair.upper)
            let own = 0.5 * (pair.sum * pair.sum - pair.squares) * variance * variance
            add(own, pair.lower, pair.lower)
            add(own, pair.upper, pair.upper)
            add(-own, pair.lower, pair.upper)
        }
        for item in 0..<size { couple(item, neighbours[item], covariances) }
    }

    /// Adds what each two pairs do that have one item in common, and no other.
    ///
    /// With d the item's lead over each of its opponents, K gets ½gₒgₚCov(dₒ, dₚ)² at every two of these, o and p, and what makes the rows of
    /// the item and of o sum to zero.
    private mutating func couple(
        _ item: Int, _ neighbours: [(item: Int, skew: Double)], _ covariances: borrowing SymmetricMatrix
    ) {
        var skews = Array(repeating: 0.0, count: size)
        for neighbour in neighbours { skews[neighbour.item] = neighbour.skew }
        let eights = Self.inEights(skews)
        for neighbour in neighbours where neighbour.skew != 0 {
            let other = neighbour.item
            let lead = covariances[item, item] - covariances[item, other]
            var sum = SIMD8<Double>.zero
            for block in 0..<width {
                let covariance = lead - covariances[item, block: block] + covariances[other, block: block]
                let coupling = 0.5 * neighbour.skew * eights[block] * covariance * covariance
                self[other, block: block] += coupling
                sum += coupling
            }
            // Not with itself.
            let variance = covariances.covariance(item, other, other)
            let own = 0.5 * neighbour.skew * neighbour.skew * variance * variance
            self[other, other] -= own
            let total = Self.total(sum) - own
            self[item, item] += total
            add(-total, item, other)
        }
    }

    /// Covariance of the differences of an item from two others.
    private func covariance(_ item: Int, _ one: Int, _ other: Int) -> Double {
        self[item, item] - self[item, one] - self[item, other] + self[one, other]
    }

    /// Adds to an entry and to the one that mirrors it.
    private mutating func add(_ amount: Double, _ row: Int, _ column: Int) {
        self[row, column] += amount
        if row != column { self[column, row] += amount }
    }

    /// outer · self · outer, of symmetric matrices of one size.
    private func between(_ outer: SymmetricMatrix) -> SymmetricMatrix {
        var half = SymmetricMatrix(size: size)
        var whole = half
        for quad in Swift.stride(from: 0, to: width * 8, by: 4) {
            for panel in 0..<width { half.add(Self.products(outer, quad, self, panel * 8, 0..<width), quad, panel) }
        }
        for quad in Swift.stride(from: 0, to: width * 8, by: 4) {
            for panel in 0...(quad >> 3) { whole.add(Self.products(half, quad, outer, panel * 8, 0..<width), quad, panel) }
        }
        whole.mirrorLowerHalf(panels: width)
        return whole
    }
}
