// How many comparisons each way of choosing pairs needs for the same quality. "list" and "matching" are the first HuleEdu's two rules.
//
//     swift run -c release --package-path Tools/bench economy [factor] [scores.csv]
//
// The judge is like a language model: a fixed opinion of its own on every pair, N(0, 1), a little noise, b = −0.2, one lapse in a hundred.
// Abilities have a standard deviation of 1.5 in its units. The factor multiplies the numbers of runs. With a table of human scores
// (columns file and overall), these are the abilities of a further part, brought to the same spread.
import CJCore
import Figures
import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
let factor = arguments.first.flatMap(Double.init) ?? 1
let spread = 1.5

struct Way {
    let name: String
    let strategy: any PairingStrategy
}

let ways = [
    Way(name: "list", strategy: ListPairing()), Way(name: "random", strategy: RandomPairing()),
    Way(name: "rounds", strategy: RoundPairing(.chance)),
    Way(name: "matching", strategy: RoundPairing(.likeness)), Way(name: "spanning tree", strategy: SpanningTreePairing()),
    Way(name: "information", strategy: InformationPairing()),
    Way(name: "info, no audits", strategy: InformationPairing(auditShare: 0)),
]

/// Means over runs after each comparison per item.
struct Curve {
    var perItem: [Double] = []
    var squaredCorrelation: [Double] = []
    var tau: [Double] = []

    /// Comparisons per item at which a mean first reaches a target, between looks in a straight line.
    static func reaching(_ target: Double, _ values: [Double], at perItem: [Double]) -> String {
        guard let place = values.firstIndex(where: { $0 >= target }) else { return "> " + number(perItem.last ?? 0, 0) }
        guard place > 0 else { return number(perItem[0], 1) }
        let share = (target - values[place - 1]) / (values[place] - values[place - 1])
        return number(perItem[place - 1] + share * (perItem[place] - perItem[place - 1]), 1)
    }

    func tau(at count: Double) -> String {
        perItem.lastIndex { $0 <= count + 0.01 }.map { number(tau[$0], 3) } ?? ""
    }
}

func curve(_ strategy: any PairingStrategy, items: Int, abilities: [Double]?, levels: Int, runs: Int, most: Int) -> Curve {
    let judge = SimulatedJudge(.languageModel, positionBias: -0.2, clearThreshold: levels > 2 ? 1 : nil)
    let rule = StoppingRule(goal: .budget, maximumComparisons: most * items / 2)
    var tracks: [[ScaleQuality]] = []
    for seed in 0..<runs {
        let assessment =
            abilities.map {
                SimulatedAssessment(abilities: $0, judge: judge, pairing: strategy, rule: rule, inFlight: items)
            }
            ?? SimulatedAssessment(
                itemCount: items, abilityDeviation: spread, judge: judge, pairing: strategy, rule: rule, inFlight: items)
        var track: [ScaleQuality] = []
        _ = assessment.run(seed: UInt64(seed)) { track.append($0) }
        tracks.append(track)
    }
    var curve = Curve()
    for look in 0..<(tracks.map(\.count).min() ?? 0) {
        curve.perItem.append(Series(tracks.map { 2 * Double($0[look].comparisons) / Double(items) }).mean)
        curve.squaredCorrelation.append(Series(tracks.map { $0[look].squaredCorrelation }).mean)
        curve.tau.append(Series(tracks.map { $0[look].kendallTau }).mean)
    }
    return curve
}

func tell(items: Int, abilities: [Double]?, runs: Int, most: Int) {
    print(row(["items", "levels", "runs", "to r² 0.90", "to τ 0.75", "τ at 6", "τ at 10", "τ at 16"]) + "   pairs by")
    for levels in [2, 4] {
        for way in ways {
            let curve = curve(way.strategy, items: items, abilities: abilities, levels: levels, runs: runs, most: most)
            print(
                row([
                    String(items), String(levels), String(runs),
                    Curve.reaching(0.9, curve.squaredCorrelation, at: curve.perItem),
                    Curve.reaching(0.75, curve.tau, at: curve.perItem), curve.tau(at: 6), curve.tau(at: 10), curve.tau(at: 16),
                ]) + "   \(way.name)")
            fflush(nil)
        }
    }
    print("")
}

print("Milliseconds of one processor to choose the next 64 pairs among 1,000 items (wanted: 10):")
for (name, time) in Selection(items: 1_000, count: 64).milliseconds() { print(row([name, number(time, 1)])) }
fflush(nil)
print("")
print("Comparisons per item until the mean over runs of the true r², or of Kendall's τ, reaches a value.")
print("Wanted with two levels: r² 0.90 by 14 (100 items) and 17.5 (30 items); with four levels τ 0.75 by 6.5 (30 items).\n")
tell(items: 30, abilities: nil, runs: max(1, Int(60 * factor)), most: 26)
tell(items: 100, abilities: nil, runs: max(1, Int(12 * factor)), most: 26)
if arguments.count > 1, let scores = humanScores(arguments[1]) {
    print("Human scores of \(scores.count) essays; many are equal, and τ-b knows no order among those.\n")
    tell(items: scores.count, abilities: scores, runs: max(1, Int(24 * factor)), most: 26)
}

/// The column "overall" of a table, with mean 0 and the usual spread; nothing where there is none.
func humanScores(_ path: String) -> [Double]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var text: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { text.append(UInt8(byte)) }
    let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
    guard let column = lines.first?.firstIndex(of: "overall") else { return nil }
    let scores = lines.dropFirst().compactMap { $0.count > column ? Double($0[column]) : nil }
    guard scores.count > 1 else { return nil }
    let mean = scores.reduce(0, +) / Double(scores.count)
    let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(scores.count - 1)).squareRoot()
    return scores.map { ($0 - mean) / deviation * spread }
}
