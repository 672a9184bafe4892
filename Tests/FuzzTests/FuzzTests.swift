import FuzzTargets
import Fuzzing
import Testing

@Suite("Parsers of foreign bytes")
struct FuzzTests {
    @Test("keep their promises on the corpus and on a thousand seeded mutations of it", arguments: FuzzTargets.all.map(\.name))
    func replay(name: String) throws {
        let target = try #require(FuzzTargets.target(name))
        let corpus = try Corpus.inputs(of: name)
        try #require(!corpus.isEmpty)
        try target.replay(corpus, mutations: 1000, seed: 1)
    }

    @Test("are found out when they break a promise, with the input that did it")
    func finding() {
        let target = FuzzTarget("no-nul") { input in try FuzzFinding.require(!input.contains(0), "a NUL") }
        #expect { try target.replay([[1, 2, 3]], mutations: 1000, seed: 1) } throws: { error in
            (error as? FuzzFinding)?.input?.contains(0) == true
        }
    }

    @Test("are given the same mutations for the same seed")
    func determinism() {
        var one = Mutator(seed: 7)
        var other = Mutator(seed: 7)
        for _ in 0..<100 { #expect(one.mutate([[1, 2, 3], []]) == other.mutate([[1, 2, 3], []])) }
    }
}
