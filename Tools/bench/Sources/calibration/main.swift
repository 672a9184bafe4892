// Does the core say of its scales what is true of them? Simulated assessments with information pairing, whose abilities are known.
//
//     swift run -c release --package-path Tools/bench calibration [FACTOR] [counts|stops|noise] [ITEMS ...]
//
// FACTOR multiplies the numbers of runs, which with 1 take some fifteen minutes of one processor. A word leaves the other parts out, and
// numbers of items leave out the sizes that are not among them.

let arguments = CommandLine.arguments.dropFirst()
let factor = arguments.first.flatMap(Double.init) ?? 1
let part = arguments.dropFirst().first
let wanted = arguments.dropFirst(2).compactMap { Int($0) }

/// Numbers of items, with the runs of each.
let sizes = [(items: 10, runs: 400), (30, 120), (100, 24), (300, 6)]
    .filter { wanted.isEmpty || wanted.contains($0.0) }
    .map { (items: $0.0, runs: max(1, Int(Double($0.1) * factor))) }

if part == nil || part == "counts" { Counts.tell(sizes) }
if part == nil || part == "stops" { Stops.tell(sizes.filter { $0.items < 300 }) }
if part == nil || part == "noise" { Noise.tell(sizes.filter { $0.items < 300 }) }
