#if !LIBFUZZER
import FuzzTargets
import Fuzzing
import Glibc

/// Fuzzes one target by seeded mutation of its corpus. Built with libFuzzer, the program has libFuzzer's own `main` instead.
@main
struct Fuzz {
    private static let inputsPerRound = 10_000

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 2, let target = FuzzTargets.target(arguments[0]), let seconds = Int(arguments[1]) else {
            let names = FuzzTargets.all.map(\.name).joined(separator: "\n  ")
            print("usage: fuzz TARGET SECONDS [SEED]\ntargets:\n  \(names)")
            exit(2)
        }
        mutate(target, seconds: seconds, seed: arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1)
    }

    private static func mutate(_ target: FuzzTarget, seconds: Int, seed: UInt64) {
        let end = ContinuousClock.now + .seconds(seconds)
        var rounds: UInt64 = 0
        do {
            let corpus = try Corpus.inputs(of: target.name)
            while ContinuousClock.now < end {
                try target.replay(corpus, mutations: inputsPerRound, seed: seed &+ rounds)
                rounds += 1
            }
        } catch {
            print("\(target.name), seed \(seed &+ rounds): \(error)")
            exit(1)
        }
        print("\(target.name): \(rounds) × \(inputsPerRound) mutations from seed \(seed), nothing found")
    }
}
#endif
