import Contracts
public import EventLog

/// What every event bus has to do, as checks that any of them can be put to.
public enum EventBusConformance: String, Sendable, CaseIterable, CustomStringConvertible {
    case order, positions, limits, publishedTwice, redelivery, restart, poison, permutedDelivery, disorder

    /// Makes an empty bus of several partitions, and opens the same one again as another process would.
    public struct Subject: Sendable {
        let open: @Sendable () async throws -> any EventBus

        public init(open: @escaping @Sendable () async throws -> any EventBus) {
            self.open = open
        }
    }

    /// What a bus did that it must not do.
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    public var description: String { rawValue }

    /// - Throws: ``Violation``, or what the bus has to say.
    public func check(_ subject: Subject) async throws {
        switch self {
        case .order: try await Self.order(subject)
        case .positions: try await Self.positions(subject)
        case .limits: try await Self.limits(subject)
        case .publishedTwice: try await Self.publishedTwice(subject)
        case .redelivery: try await Self.redelivery(subject)
        case .restart: try await Self.restart(subject)
        case .poison: try await Self.poison(subject)
        case .permutedDelivery: try await Self.permutedDelivery(subject)
        case .disorder: try await Self.disorder(subject)
        }
    }

    // MARK: - The bus

    /// Publishers side by side: each aggregate keeps its order, and lies where it belongs.
    private static func order(_ subject: Subject) async throws {
        let bus = try await subject.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for publisher in 0..<4 {
                group.addTask {
                    for batch in 0..<10 {
                        try await bus.publish(
                            (0..<6).map { event("\(publisher)/\($0 % 3)", version: UInt64(batch * 2 + $0 / 3 + 1)) })
                    }
                }
            }
            try await group.waitForAll()
        }
        let all = try await everything(bus, 240)
        try expect(all.joined().count == 240, "240 events were published, \(all.joined().count) came")
        for (partition, events) in all.enumerated() {
            for (aggregate, ofOne) in Dictionary(grouping: events, by: \.aggregateID) {
                try expect(
                    EventLog.partition(of: aggregate, among: bus.partitions) == partition, "\(aggregate) lies in \(partition)")
                try expect(
                    ofOne.map(\.aggregateVersion) == Array(1...20), "\(aggregate) came as \(ofOne.map(\.aggregateVersion))")
            }
        }
    }

    /// Positions rise by one from one, and an event comes as it was published.
    private static func positions(_ subject: Subject) async throws {
        let bus = try await subject.open()
        let published = (1...60).map { event("\($0 % 7)", version: UInt64($0 / 7 + 1)) }
        try await bus.publish(published)
        let all = try await everything(bus, published.count)
        for events in all {
            try expect(events.map(\.position) == (0..<events.count).map { UInt64($0) + 1 }, "positions \(events.map(\.position))")
        }
        var came = Dictionary(uniqueKeysWithValues: all.joined().map { ($0.id, $0) })
        for event in published {
            var found = came.removeValue(forKey: event.id)
            found?.position = event.position
            try expect(found == event, "an event is not what it was")
        }
        try expect(came.isEmpty, "events came that nobody had published")
    }

    /// A read gives no more than asked for, nothing where there is nothing, and what is published while it waits.
    private static func limits(_ subject: Subject) async throws {
        let bus = try await subject.open()
        let aggregate = "one"
        let partition = EventLog.partition(of: aggregate, among: bus.partitions)
        let nothing = try await bus.read(partition: partition, after: 0, limit: 10, upTo: .milliseconds(20))
        try expect(nothing.isEmpty, "an empty bus has events")
        async let waiting = bus.read(partition: partition, after: 0, limit: 10, upTo: .seconds(60))
        try await bus.publish([event(aggregate, version: 1)])
        try expect(try await waiting.map(\.position) == [1], "what is published while a reader waits does not come")
        try await bus.publish((2...5).map { event(aggregate, version: $0) })
        let some = try await bus.read(partition: partition, after: 1, limit: 2, upTo: .seconds(60))
        try expect(!some.isEmpty && some.count <= 2 && some[0].position == 2, "two were asked for: \(some.map(\.position))")
        let end = try await bus.read(partition: partition, after: 5, limit: 2, upTo: .zero)
        try expect(end.isEmpty, "there are events behind the last")
    }

    // MARK: - The bus and a consumer

    /// A publisher that tries again: held once or twice, applied once.
    private static func publishedTwice(_ subject: Subject) async throws {
        let bus = try await subject.open()
        let books = try await Books()
        let published = (1...20).map { event("\($0 % 4)", version: UInt64($0 / 4 + 1)) }
        try await bus.publish(Array(published.prefix(12)))
        try await books.consume(bus, until: Array(published.prefix(12)))
        try await bus.publish(published)
        try await bus.publish(Array(published.suffix(3)))
        try await books.consume(bus, until: published)
        let ids = Set(try await everything(bus, published.count).joined().map(\.id))
        try expect(ids == Set(published.map(\.id)), "an event published again is known by its id")
        try await books.mustHold(published)
    }

    /// A reader that asks again is told the same, and applies nothing twice.
    private static func redelivery(_ subject: Subject) async throws {
        let bus = try await subject.open()
        let books = try await Books()
        let published = (1...30).map { event("\($0 % 5)", version: UInt64($0 / 5 + 1)) }
        try await bus.publish(published)
        let first = try await everything(bus, published.count)
        try await books.consume(bus, until: published)
        try expect(try await everything(bus, published.count) == first, "a second reading is another")
        for (partition, events) in first.enumerated() {
            try await books.apply(events, partition)
            try await books.apply(Array(events.prefix(3)), partition)
        }
        try await books.mustHold(published)
    }

    /// Publisher and reader end and begin again: nothing is lost, and the consumer goes on where it was.
    private static func restart(_ subject: Subject) async throws {
        let books = try await Books()
        let published = (1...30).map { event("\($0 % 5)", version: UInt64($0 / 5 + 1)) }
        for round in 0..<3 {
            let bus = try await subject.open()
            try await bus.publish(Array(published[(round * 10)..<(round * 10 + 10)]))
            // The second dies in the middle of its reading.
            if round != 1 { try await books.consume(bus, until: Array(published.prefix(round * 10 + 10))) }
            try await books.consume(bus, atMost: 2)
            if round == 0 { await bus.close() }
        }
        try await books.mustHold(published)
    }

    /// An event that cannot be applied holds up its own aggregate only, until it can.
    private static func poison(_ subject: Subject) async throws {
        let bus = try await subject.open()
        let books = try await Books()
        var published = (1...20).map { event("\($0 % 4)", version: UInt64($0 / 4 + 1)) }
        published[5].type = Books.poison
        let held = Set(
            published.filter { $0.aggregateID == published[5].aggregateID && $0.aggregateVersion > published[5].aggregateVersion }
                .map(\.id))
        try await bus.publish(published)
        let free = published.filter { !held.contains($0.id) && $0.type != Books.poison }
        try await books.consume(bus, until: free)
        try await books.mustHold(free)
        try await books.cure(published[5].id)
        try await books.consume(bus, until: published)
        try await books.mustHold(published)
    }

    /// Partitions read in turns, in pages of any size, again and again: the same books.
    private static func permutedDelivery(_ subject: Subject) async throws {
        let bus = try await subject.open()
        let published = (1...60).map { event("\($0 % 9)", version: UInt64($0 / 9 + 1)) }
        try await bus.publish(published)
        let all = try await everything(bus, published.count)
        for _ in 0..<5 {
            let books = try await Books()
            var seen = all.map { _ in 0 }
            while let partition = all.indices.filter({ seen[$0] < all[$0].count }).randomElement() {
                let start = Int.random(in: 0...seen[partition])
                let end = min(all[partition].count, seen[partition] + Int.random(in: 0...7))
                try await books.apply(all[partition][start..<end].shuffled(), partition)
                seen[partition] = max(seen[partition], end)
            }
            try await books.mustHold(published)
        }
    }

    /// Each event three times, up to a hundred places from where it belongs, and then the whole log once more: the same books.
    private static func disorder(_ subject: Subject) async throws {
        let bus = try await subject.open()
        let published = (1...300).map { event("\($0 % 7)", version: UInt64($0 / 7 + 1)) }
        try await bus.publish(published)
        let books = try await Books()
        for (partition, events) in try await everything(bus, published.count).enumerated() {
            let deliveries = (events + events + events).map { (event: $0, place: Int($0.position) + .random(in: 0...100)) }
                .sorted { $0.place < $1.place }.map(\.event)
            // A consumer begins with whatever comes first, which of a bus that is read from its beginning is its oldest event.
            try await books.apply(Array(events.prefix(1)), partition)
            // What came too early to be applied comes again with what follows it.
            var early: [EventsV1.Event] = []
            var rest = deliveries[...]
            while !rest.isEmpty {
                let page = rest.prefix(.random(in: 1...20))
                early += page
                rest = rest.dropFirst(page.count)
                do {
                    try await books.apply(early, partition)
                    early = []
                } catch let error as EventLogError where error.code == .eventMissing {
                    continue
                }
            }
            try await books.apply(events, partition)
        }
        try await books.mustHold(published)
        for (partition, events) in try await everything(bus, published.count).enumerated() {
            try await books.apply(events, partition)
        }
        try await books.mustHold(published)
    }
}

extension EventBusConformance {
    static func expect(_ condition: Bool, _ fault: String) throws(Violation) {
        guard condition else { throw Violation(description: fault) }
    }

    static func event(_ aggregate: String, version: UInt64) -> EventsV1.Event {
        let id = (0..<16).map { _ in UInt8.random(in: 0...255) }
        return EventsV1.Event(
            id: id, type: "test.Event", aggregateID: aggregate, aggregateVersion: version,
            occurredAtUnixMicroseconds: 1_790_000_000_000_000 + Int64(version), payload: id.reversed())
    }

    /// Longest that a bus may take until what was published can be read.
    static let patience: Duration = .seconds(30)
    /// How long a look lasts that may find nothing.
    static let look: Duration = .milliseconds(50)

    /// What a bus holds, partition by partition, once it has this many different events.
    static func everything(_ bus: any EventBus, _ count: Int) async throws -> [[EventsV1.Event]] {
        var all = (0..<bus.partitions).map { _ in [EventsV1.Event]() }
        var ids: Set<[UInt8]> = []
        let deadline = ContinuousClock.now + patience
        var isLast = false
        while true {
            for partition in 0..<bus.partitions {
                while true {
                    let next = try await bus.read(
                        partition: partition, after: Int64(all[partition].last?.position ?? 0), limit: 7, upTo: look)
                    if next.isEmpty { break }
                    all[partition] += next
                    ids.formUnion(next.map(\.id))
                }
            }
            // What there is more than was expected has one more look to show itself.
            if isLast || ContinuousClock.now > deadline { return all }
            isLast = ids.count >= count
        }
    }
}
