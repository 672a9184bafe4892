/// Decimal numbers as a person reads them, the same on every machine.
enum DecimalText {
    /// A value rounded half away from zero, with a true minus sign; "–" for what is not a finite number.
    static func text(_ value: Double, decimals: Int, language: Language) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "–" }
        let scaled = (value.magnitude * power(of: decimals)).rounded(.toNearestOrAwayFromZero)
        let digits = text(units: UInt64(scaled), decimals: decimals, language: language)
        return value < 0 && scaled > 0 ? "−" + digits : digits
    }

    /// As ``text(_:decimals:language:)``, with a plus sign before what is above zero.
    static func signed(_ value: Double, decimals: Int, language: Language) -> String {
        let digits = text(value, decimals: decimals, language: language)
        return value * power(of: decimals) >= 0.5 ? "+" + digits : digits
    }

    /// A share of one as whole per cent, "57%" or "57 %".
    static func percent(_ share: Double, language: Language) -> String {
        let digits = text(share * 100, decimals: 0, language: language)
        return language.say("\(digits)%", "\(digits)\u{A0}%")
    }

    /// A whole number of units of the last decimal, as digits with the language's decimal sign and groups of three.
    static func text(units: UInt64, decimals: Int, language: Language) -> String {
        var digits = String(units)
        if digits.count <= decimals {
            digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits
        }
        let whole = grouped(String(digits.dropLast(decimals)), language: language)
        guard decimals > 0 else { return whole }
        return whole + language.say(".", ",") + digits.suffix(decimals)
    }

    /// A count, with groups of three from ten thousand up.
    static func count(_ number: Int, language: Language) -> String {
        (number < 0 ? "−" : "") + text(units: UInt64(number.magnitude), decimals: 0, language: language)
    }

    private static func grouped(_ digits: String, language: Language) -> String {
        guard digits.count > 4 else { return digits }
        let separator = language.say(",", "\u{A0}")
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result += separator }
            result.append(digit)
        }
        return result
    }

    private static func power(of decimals: Int) -> Double {
        (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    }
}
