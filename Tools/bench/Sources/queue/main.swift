// The job queue against raw SQL of the same shape, on a private durable cluster: medians of interleaved rounds.
//
//     swift run -c release --package-path Tools/bench queue [ROUNDS] [SECONDS]
//
// pgbench is looked for in PATH; without it only our own numbers are told.
import Foundation
import JobQueue
import Postgres

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5
let seconds = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 3

let bench = try await QueueBench.start()
do {
    try await bench.ceilings(rounds: rounds, seconds: seconds)
    try await bench.drain(jobs: 50_000, rounds: rounds)
    try await bench.pinned(rounds: rounds, seconds: 2 * seconds)
    try await bench.notifying(rounds: rounds, seconds: seconds)
    try await bench.latency(jobs: 500)
} catch {
    tell("failed: \(error)")
}
await bench.stop()
