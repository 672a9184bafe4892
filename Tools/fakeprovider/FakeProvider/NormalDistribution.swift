internal import Glibc

/// The standard normal distribution.
enum NormalDistribution {
    /// The value below which a share `probability` of the distribution lies, for `probability` strictly between zero and one.
    ///
    /// Algorithm AS 241 (Wichura 1988, PPND7), accurate to about seven digits. It needs one square root and one logarithm, and only
    /// in the tails, so that machines agree on it.
    static func quantile(_ probability: Double) -> Double {
        precondition(probability > 0 && probability < 1, "a probability strictly between zero and one")
        let centred = probability - 0.5
        if centred.magnitude <= 0.425 {
            let r = 0.180625 - centred * centred
            return centred * (((5.910_937_472_0e1 * r + 1.592_911_320_2e2) * r + 5.043_427_193_8e1) * r + 3.387_132_717_9)
                / (((6.718_756_360_0e1 * r + 7.875_775_766_4e1) * r + 1.789_516_946_9e1) * r + 1)
        }
        let r = (-log(min(probability, 1 - probability))).squareRoot()
        let magnitude: Double
        if r <= 5 {
            let s = r - 1.6
            magnitude =
                (((1.702_382_110_3e-1 * s + 1.306_728_481_6) * s + 2.756_815_390_0) * s + 1.423_437_277_7)
                / ((1.202_113_297_5e-1 * s + 7.370_016_425_0e-1) * s + 1)
        } else {
            let s = r - 5
            magnitude =
                (((1.733_720_399_7e-2 * s + 4.286_829_433_7e-1) * s + 3.081_226_386_0) * s + 6.657_905_115_0)
                / ((1.225_820_263_5e-2 * s + 2.419_789_422_5e-1) * s + 1)
        }
        return centred < 0 ? -magnitude : magnitude
    }
}
