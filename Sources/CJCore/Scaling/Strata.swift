/// How many levels of ability a scale tells apart.
public enum Strata {
    /// (4G + 1)/3: levels whose centres lie three standard errors apart, over a spread of four standard deviations and an error at
    /// either end (Wright and Masters 1982, "Rating Scale Analysis"; Fisher 1992).
    ///
    /// - Parameter separationRatio: G, the spread of the abilities in units of the error. Studies of comparative judgement take the spread
    ///   as it was observed, error included; without the error it is √(G² − 1), and then the count is a third of a level lower where G is near 2.
    public static func count(separationRatio: Double) -> Double { (4 * separationRatio + 1) / 3 }
}
