// The job queue against raw SQL of the same shape, on a private durable cluster: medians of interleaved rounds.
//
//     swift run -c release --package-path Tools/bench queue [ROUNDS] [SECONDS] [PART …]
//
// Parts are ceilings, drain, pinned, notifying and latency; all of them without a word. pgbench is looked for in PATH; without it only our
// own numbers are told.
import JobQueue
import Measuring

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5
let seconds = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 3
let parts = CommandLine.arguments.dropFirst(3)

let bench = try await QueueBench.start()
func measure(_ part: String, _ body: () async throws -> Void) async throws {
    if parts.isEmpty || parts.contains(part) { try await body() }
}
do {
    try await measure("ceilings") { try await bench.ceilings(rounds: rounds, seconds: seconds) }
    try await measure("drain") { try await bench.drain(jobs: 50_000, rounds: rounds) }
    try await measure("pinned") { try await bench.pinned(rounds: rounds, seconds: 2 * seconds) }
    try await measure("notifying") { try await bench.notifying(rounds: rounds, seconds: seconds) }
    try await measure("latency") { try await bench.latency(jobs: 500) }
} catch {
    tell("failed: \(error)")
}
await bench.stop()
