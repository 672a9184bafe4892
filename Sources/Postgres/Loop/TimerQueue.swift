/// Callbacks by deadline: a binary heap whose cancelled entries are dropped when they reach the top.
struct TimerQueue<Action> {
    /// Names a timer for cancelling it.
    struct Token: Hashable {
        fileprivate let number: UInt64
    }

    private var heap: [(deadline: ContinuousClock.Instant, token: Token)] = []
    private var actions: [Token: Action] = [:]
    private var lastNumber: UInt64 = 0

    /// Timers that have neither fired nor been cancelled.
    var count: Int { actions.count }

    mutating func add(at deadline: ContinuousClock.Instant, _ action: Action) -> Token {
        lastNumber += 1
        let token = Token(number: lastNumber)
        actions[token] = action
        heap.append((deadline, token))
        siftUp(from: heap.count - 1)
        return token
    }

    /// Forgets a timer; one that has fired or been cancelled already is ignored.
    mutating func cancel(_ token: Token) {
        guard actions.removeValue(forKey: token) != nil else { return }
        // A pile of cancelled timers with far deadlines would otherwise stay until then.
        if heap.count > 64, heap.count > 2 * actions.count {
            rebuild()
        }
    }

    /// The deadline of the next timer.
    mutating func nextDeadline() -> ContinuousClock.Instant? {
        dropCancelled()
        return heap.first?.deadline
    }

    /// Takes out the next timer whose deadline has passed.
    mutating func popDue(now: ContinuousClock.Instant) -> Action? {
        dropCancelled()
        guard let top = heap.first, top.deadline <= now else { return nil }
        removeTop()
        return actions.removeValue(forKey: top.token)
    }

    private mutating func dropCancelled() {
        while let top = heap.first, actions[top.token] == nil {
            removeTop()
        }
    }

    private mutating func rebuild() {
        // A sorted array is a heap.
        heap = heap.filter { actions[$0.token] != nil }.sorted { $0.deadline < $1.deadline }
    }

    private mutating func removeTop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown()
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].deadline < heap[parent].deadline else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].deadline < heap[smallest].deadline { smallest = child }
            }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
