import Testing

@testable import Wire

@Suite("A window for sending")
struct SendWindowTests {
    @Test("lets a message go that fills it exactly, and not one byte more")
    func border() {
        for (bytes, isWritten) in [(40, true), (41, false)] {
            var window = SendWindow<String>(limit: 100)
            window.began(60)
            window.wait("message", bytes: bytes)
            #expect(window.next() == (isWritten ? "message" : nil))
        }
    }

    @Test("lets a message go that is longer than it, alone")
    func long() {
        var window = SendWindow<String>(limit: 100)
        window.wait("long", bytes: 1000)
        window.began(1)
        #expect(window.next() == nil)
        window.ended(1)
        #expect(window.next() == "long")
    }

    @Test("lets those go first who came first, a long one too")
    func order() {
        var window = SendWindow<String>(limit: 100)
        window.began(50)
        window.wait("long", bytes: 90)
        window.wait("short", bytes: 1)
        #expect(window.next() == nil && window.waitingCount == 2)
        #expect(window.remove { $0 == "long" } == ["long"] && window.remove { $0 == "long" }.isEmpty)
        #expect(window.next() == "short" && window.next() == nil && window.waitingCount == 0)
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
