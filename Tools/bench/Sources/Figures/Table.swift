/// Numbers of several runs.
package struct Series {
    package let mean: Double
    /// Standard error of the mean.
    package let error: Double

    package init(_ values: [Double]) {
        let count = Double(max(1, values.count))
        let mean = values.reduce(0, +) / count
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        error = values.count > 1 ? (squares / (count - 1) / count).squareRoot() : 0
    }
}

/// Columns of twelve characters, each ending where its head does.
package func row(_ columns: [String]) -> String {
    columns.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
}

/// With so many decimals.
package func number(_ value: Double, _ decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return "–" }
    let (whole, rest) = Int(scaled).quotientAndRemainder(dividingBy: Int(scale))
    let digits = String(rest)
    let fraction = decimals > 0 ? "." + String(repeating: "0", count: decimals - digits.count) + digits : ""
    return (value < 0 && scaled > 0 ? "-" : "") + String(whole) + fraction
}
