import Synchronization

/// Looks for something in the bytes of one connection that go in one direction.
public protocol TrafficMatcher: Sendable {
    /// Takes the next bytes.
    ///
    /// - Returns: where in them each find begins, zero for one that began earlier, and where it ends.
    mutating func finds(in bytes: [UInt8]) -> [Range<Int>]
}

/// Cuts a connection when something is seen on it, if its trigger says so.
public struct CutRule: Sendable {
    /// When a connection is cut.
    public enum Moment: String, Sendable, Hashable, CaseIterable {
        /// What was looked for does not arrive.
        case before
        /// What was looked for arrives, and both ends are closed behind it: its answer is lost, and nobody knows whether it was made.
        case after
        /// The other end has answered, and its answer does not arrive.
        case reply
    }

    /// Says at which finds connections are cut; nothing is until it is armed.
    public final class Trigger: Sendable {
        private let moments = Mutex<[Moment]>([])

        public init() {}

        /// Cuts at the next finds, one for each moment.
        public func arm(_ moments: [Moment]) {
            self.moments.withLock { $0 += moments }
        }

        /// Finds that are still waited for.
        public var armed: Int { moments.withLock { $0.count } }

        func take() -> Moment? {
            moments.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
    }

    let direction: Direction
    let matcher: @Sendable () -> any TrafficMatcher
    let trigger: Trigger

    /// - Parameter matcher: makes one for each connection, which sees it from its first byte.
    public init(_ direction: Direction, trigger: Trigger, matcher: @escaping @Sendable () -> any TrafficMatcher) {
        self.direction = direction
        self.matcher = matcher
        self.trigger = trigger
    }

    /// Cuts at a statement that a PostgreSQL client sends.
    public static func statement(_ sql: String, trigger: Trigger) -> CutRule {
        CutRule(.upstream, trigger: trigger) { PostgresStatement(sql) }
    }

    /// Cuts at bytes.
    public static func bytes(_ bytes: [UInt8], _ direction: Direction, trigger: Trigger) -> CutRule {
        CutRule(direction, trigger: trigger) { BytePattern(bytes) }
    }
}

/// Finds a sequence of bytes, wherever the pieces that it comes in begin and end.
public struct BytePattern: TrafficMatcher {
    private let pattern: [UInt8]
    /// The last bytes seen, one fewer than the pattern has.
    private var tail: [UInt8] = []

    public init(_ pattern: [UInt8]) {
        precondition(!pattern.isEmpty, "a pattern has at least one byte")
        self.pattern = pattern
    }

    public mutating func finds(in bytes: [UInt8]) -> [Range<Int>] {
        let known = tail.count
        let text = tail + bytes
        tail = Array(text.suffix(pattern.count - 1))
        guard text.count >= pattern.count else { return [] }
        return (0...(text.count - pattern.count)).filter { text[$0..<($0 + pattern.count)].elementsEqual(pattern) }
            .map { max(0, $0 - known)..<($0 + pattern.count - known) }
    }
}
