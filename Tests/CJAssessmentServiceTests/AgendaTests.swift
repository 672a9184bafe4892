import Postgres
import Testing

@testable import CJAssessmentService

@Suite("Assessments to be looked at")
struct AgendaTests {
    @Test("Each has its turn, in the order in which they were named, once however often that was")
    func order() {
        let agenda = Agenda()
        agenda.add(["a", "b"])
        agenda.add(["b", "c", "a"])
        #expect([agenda.take(), agenda.take(), agenda.take(), agenda.take()] == ["a", "b", "c", nil])
    }

    @Test("One that is under way waits for its end, and holds no other up")
    func underWay() {
        let agenda = Agenda()
        agenda.add(["slow"])
        #expect(agenda.take() == "slow")
        agenda.add(["slow", "other"])
        #expect(agenda.take() == "other")
        #expect(agenda.take() == nil)
        let generation = agenda.additions.generation
        agenda.finish("slow")
        #expect(agenda.additions.generation > generation)
        #expect(agenda.take() == "slow")
        agenda.finish("slow")
        #expect(agenda.take() == nil)
    }

    @Test("The end of one that nobody named meanwhile wakes nobody")
    func quietEnd() {
        let agenda = Agenda()
        agenda.add(["a"])
        _ = agenda.take()
        let generation = agenda.additions.generation
        agenda.finish("a")
        #expect(agenda.additions.generation == generation)
    }
}
