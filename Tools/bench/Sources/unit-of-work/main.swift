// Units of work against pgbench with the same statements in the same two round trips, on a private durable cluster: medians of
// interleaved rounds.
//
//     swift run -c release --package-path Tools/bench unit-of-work [ROUNDS] [SECONDS]
//
// pgbench is looked for in PATH; without it only our own numbers are told.
import Measuring

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5
let seconds = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 3

let cluster = try await BenchCluster.start()
do {
    let bench = UnitOfWorkBench(cluster: cluster)
    try await bench.makeTables()
    for clients in [1, 8, 16] { try await bench.compare(clients: clients, rounds: rounds, seconds: seconds) }
} catch {
    tell("failed: \(error)")
}
await cluster.stop()
