/// The standard normal distribution.
enum NormalDistribution {
    /// Grid points per unit.
    private static let resolution = 64.0
    /// Beyond this the distribution function is 0 or 1 to double precision's last place of interest (10⁻¹⁹).
    private static let limit = 9.0

    /// Value and density at k / 64, from 0 to 9.
    private static let table: [(value: Double, density: Double)] = (0...Int(limit * resolution)).map { index in
        let x = Double(index) / resolution
        let density = 0.3989422804014327 * ElementaryFunctions.exp(-0.5 * x * x)
        // Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …); all terms are positive, so nothing cancels (G. Marsaglia 2004).
        var term = x
        var sum = x
        var odd = 1.0
        while term > 1e-17 * sum, odd < 1_000 {
            odd += 2
            term *= x * x / odd
            sum += term
        }
        return (0.5 + density * sum, density)
    }

    /// Probability of a value up to `x`; the absolute error is below 10⁻¹⁴.
    static func cumulative(_ x: Double) -> Double {
        let magnitude = x.magnitude
        guard magnitude < limit else { return x > 0 ? 1 : 0 }
        let index = Int(magnitude * resolution + 0.5)
        let node = Double(index) / resolution
        let (value, density) = table[index]
        // Taylor series at the node; the derivatives of φ are Hermite polynomials times φ.
        let h = magnitude - node
        let second = node * node - 1
        let third = node * (3 - node * node)
        let fourth = (node * node - 6) * node * node + 3
        let series = h * (1 + h * (-node / 2 + h * (second / 6 + h * (third / 24 + h * fourth / 120))))
        let upper = value + density * series
        return x >= 0 ? upper : 1 - upper
    }
}
