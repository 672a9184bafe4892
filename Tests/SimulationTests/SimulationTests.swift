import Simulation
import Testing

@Suite("Assessments under simulated deaths, delays, repetitions and disorder")
struct SimulationTests {
    @Test("keep every rule, in each of two thousand schedules")
    func schedules() {
        for seed in UInt64(1)...2000 {
            #expect(Simulation.run(seed: seed) == nil)
        }
    }

    @Test("are the same for the same seed")
    func repeated() {
        for seed in UInt64(1)...20 {
            #expect(Simulation.trace(seed: seed).events == Simulation.trace(seed: seed).events)
        }
    }
}
