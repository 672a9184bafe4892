/// What waits in order, of which the first goes out as cheaply as the last comes in.
struct FirstInFirstOut<Element> {
    private var elements: [Element?] = []
    /// Where the first is; before it are those that have gone.
    private var head = 0

    /// Places of those that have gone that are kept, so that what waits is not moved each time.
    private static var mostGone: Int { 32 }

    init() {}

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : elements[head] }
    /// All of them, in order.
    var all: [Element] { elements[head...].compactMap(\.self) }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    /// Takes out the first; nil where nothing waits.
    mutating func removeFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = elements[head].take()
        head += 1
        if isEmpty {
            elements.removeAll(keepingCapacity: head <= Self.mostGone)
            head = 0
        } else if head > Self.mostGone, head > count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    mutating func removeAll() {
        self = FirstInFirstOut()
    }

    mutating func changeAll(_ body: (inout Element) -> Void) {
        for index in head..<elements.count {
            guard var element = elements[index].take() else { continue }
            body(&element)
            elements[index] = element
        }
    }
}

extension FirstInFirstOut: Sendable where Element: Sendable {}
