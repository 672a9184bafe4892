import Testing

@testable import Wire

@Suite("A window for sending")
struct SendWindowTests {
    @Test("lets a message go that fills it exactly, and not one byte more")
    func border() {
        for (bytes, isWritten) in [(40, true), (41, false)] {
            var window = SendWindow<Int, String>(limit: 100)
            window.began(60)
            window.wait("message", of: 1, bytes: bytes)
            #expect(window.next() == (isWritten ? "message" : nil))
        }
    }

    @Test("lets a message go that is longer than it, alone")
    func long() {
        var window = SendWindow<Int, String>(limit: 100)
        window.wait("long", of: 1, bytes: 1000)
        window.began(1)
        #expect(window.next() == nil)
        window.ended(1)
        #expect(window.next() == "long")
    }

    @Test("lets those go first who came first, a long one too")
    func order() {
        var window = SendWindow<Int, String>(limit: 100)
        window.began(50)
        window.wait("long", of: 1, bytes: 90)
        window.wait("short", of: 2, bytes: 1)
        #expect(window.next() == nil && window.waitingCount == 2)
        #expect(window.remove { $0 == "long" } == ["long"] && window.remove { $0 == "long" }.isEmpty)
        #expect(window.next() == "short" && window.next() == nil && window.waitingCount == 0)
    }

    @Test("lets others go before a stream that has no leave, whose own messages keep their order, and nobody where none has")
    func leave() {
        var window = SendWindow<Int, String>(limit: 100)
        for (message, stream) in [("a1", 1), ("b1", 2), ("a2", 1), ("c1", 3)] { window.wait(message, of: stream, bytes: 10) }
        #expect(window.next { _, _ in .connectionWaits } == nil)
        #expect(window.next { stream, _ in stream == 1 ? .streamWaits : .granted } == "b1")
        // Of a stream that waits the second message is not asked for.
        var asked: [Int] = []
        let next = window.next { stream, _ in
            asked.append(stream)
            return stream == 1 ? .streamWaits : .connectionWaits
        }
        #expect(next == nil && asked == [1, 3])
        #expect((0..<3).map { _ in window.next() } == ["a1", "a2", "c1"])
        // One that has leave and finds no room keeps its place.
        window.began(95)
        window.wait("long", of: 1, bytes: 10)
        window.wait("short", of: 2, bytes: 1)
        #expect(window.next() == nil)
        window.ended(95)
        #expect(window.next() == "long")
    }
}

@Suite("A pause in reading")
struct ReadPauseTests {
    @Test("lasts while a stream is full, and names those that have been full for as long as the patience lasts")
    func patience() {
        let start = ContinuousClock.now
        var pause = ReadPause<Int>(patience: .seconds(5))
        #expect(!pause.isActive && pause.nextOverdue == nil)
        pause.filled(1, at: start)
        pause.filled(1, at: start + .seconds(3))
        pause.filled(2, at: start + .seconds(1))
        #expect(pause.isActive && pause.nextOverdue == start + .seconds(5))
        #expect(pause.overdue(at: start + .seconds(5) - .nanoseconds(1)).isEmpty)
        #expect(pause.overdue(at: start + .seconds(5)) == [1])
        pause.released(1)
        #expect(pause.isActive && pause.overdue(at: start + .seconds(6)) == [2])
        pause.released(2)
        pause.released(2)
        #expect(!pause.isActive)
    }
}
