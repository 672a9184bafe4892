import FuzzTargets
import Fuzzing
import Glibc

/// Fuzzes one target: by coverage where the program was built with libFuzzer, otherwise by seeded mutation of the corpus.
@main
struct Fuzz {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let name = arguments.first, let target = FuzzTargets.target(name) else {
            print("usage: fuzz TARGET SECONDS [SEED]\ntargets:\n  \(FuzzTargets.all.map(\.name).joined(separator: "\n  "))")
            exit(2)
        }
        #if LIBFUZZER
        runLibFuzzer(target, arguments: Array(arguments.dropFirst()))
        #else
        guard arguments.count > 1, let seconds = Int(arguments[1]) else { exit(2) }
        mutate(target, seconds: seconds, seed: arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1)
        #endif
    }

    #if LIBFUZZER
    nonisolated(unsafe) private static var target: FuzzTarget?

    /// Gives control to libFuzzer, whose own options follow the name of the target.
    private static func runLibFuzzer(_ target: FuzzTarget, arguments: [String]) {
        Self.target = target
        let options = ([CommandLine.arguments[0]] + arguments).map { strdup($0) } + [nil]
        var count = Int32(options.count - 1)
        options.withUnsafeBufferPointer { options in
            var start = UnsafeMutablePointer(mutating: options.baseAddress)
            exit(
                fuzzerRunDriver(&count, &start) { bytes, count in
                    try! Fuzz.target?.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
                    return 0
                })
        }
    }

    @_silgen_name("LLVMFuzzerRunDriver")
    private static func fuzzerRunDriver(
        _ count: UnsafeMutablePointer<Int32>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
    ) -> Int32
    #else
    private static let inputsPerRound = 10_000

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
    #endif
}
