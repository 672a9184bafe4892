import Simulation
import Testing

@Suite("Assessments under simulated deaths, delays, repetitions and disorder")
struct SimulationTests {
    @Test("keep every rule, in each of two thousand schedules")
    func schedules() {
        let result = Simulation.run(seeds: 1..<2001, threads: 2)
        #expect(result.runs == 2000)
        #expect(result.failures.isEmpty)
        // A reason that no schedule ends for would be one that nothing is known of. To find a judge blind takes more answers than there are.
        #expect(result.endingsByName.filter { $0.count == 0 }.map(\.name) == ["blind_judge"])
    }

    @Test("are the same for the same seed")
    func repeated() {
        for seed in UInt64(1)...20 {
            #expect(Simulation.trace(seed: seed).events == Simulation.trace(seed: seed).events)
        }
    }
}
