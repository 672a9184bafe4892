import Testing
import Wire

@testable import WireNIO

@Suite("Answers on their way to the event loop")
struct ReadyAnswersTests {
    private static func answer(_ number: UInt32) -> ResponseEnvelope { .success([UInt8(truncatingIfNeeded: number)]) }

    @Test("wake it once for all that wait, and come in the order in which handlers ended")
    func order() {
        let ready = ReadyAnswers()
        #expect(ready.add(StreamID(rawValue: 5), Self.answer(5)))
        #expect(!ready.add(StreamID(rawValue: 1), Self.answer(1)))
        let taken = ready.take()
        #expect(taken.map(\.0.rawValue) == [5, 1])
        #expect(taken.map { $0.1.encoded() } == [Self.answer(5).encoded(), Self.answer(1).encoded()])
        #expect(ready.take().isEmpty)
        #expect(ready.add(StreamID(rawValue: 3), Self.answer(3)))
    }

    @Test("are all taken, however many handlers end at once")
    func together() async {
        let ready = ReadyAnswers()
        let taken = await withTaskGroup(of: Int.self) { group in
            for number in 0..<10_000 as Range<UInt32> {
                group.addTask {
                    // Whoever is told to wakes the event loop, which takes what there is.
                    ready.add(StreamID(rawValue: number), Self.answer(number)) ? ready.take().count : 0
                }
            }
            return await group.reduce(0, +)
        }
        #expect(taken == 10_000 && ready.take().isEmpty)
    }
}
