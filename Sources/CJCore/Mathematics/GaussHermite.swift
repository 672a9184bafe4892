/// Gauss–Hermite quadrature with eight points for a standard normal variable, exact for polynomials to the fifteenth degree.
enum GaussHermite {
    static let nodes = SIMD8(
        -4.1445471861258945, -2.8024858612875416, -1.636519042435108, -0.5390798113513751, 0.5390798113513751, 1.636519042435108,
        2.8024858612875416, 4.1445471861258945)
    /// The outermost is nearer than this.
    static let farthest = 4.2
    static let weights = SIMD8(
        0.00011261453837536762, 0.009635220120788256, 0.11723990766175904, 0.3730122576790773, 0.3730122576790773,
        0.11723990766175904, 0.009635220120788256, 0.00011261453837536762)
}
