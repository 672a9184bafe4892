#if Kafka
public import Contracts
import Dispatch
public import EventLog
import Wire

/// A Kafka topic as a bus.
///
/// A message is an event in its own encoding, under its aggregate's id as the key, in the partition that all buses put it in. The
/// producer is idempotent, and transactions are not used: a consumer keeps its position in PostgreSQL, in the unit of work of its
/// effects, and remembers the ids of events against those that a publisher had to send again. A position is a message's offset
/// plus one; the topic must not be compacted.
public final class KafkaBus: EventBus {
    public let partitions: Int
    private let publisher: KafkaPublisher
    private let reader: KafkaReader

    private init(partitions: Int, publisher: KafkaPublisher, reader: KafkaReader) {
        self.partitions = partitions
        self.publisher = publisher
        self.reader = reader
    }

    /// Connects to the brokers.
    ///
    /// - Throws: ``EventLogError`` with `.unavailable` when they can't be reached within a time, or have no such topic.
    public static func open(_ configuration: KafkaConfiguration, upTo wait: Duration = .seconds(10)) async throws -> KafkaBus {
        let reader = try KafkaReader(configuration)
        do {
            let partitions = try await reader.partitions(upTo: wait)
            return KafkaBus(
                partitions: partitions, publisher: KafkaPublisher(configuration, partitions: partitions), reader: reader)
        } catch {
            await reader.close()
            throw error
        }
    }

    public func publish(_ events: [EventsV1.Event]) async throws {
        precondition(events.count <= EventLog.maximumBatch, "at most \(EventLog.maximumBatch) events are published at once")
        guard !events.isEmpty else { return }
        try await publisher.publish(
            events.map { event in
                // Positions are the topic's to give.
                var event = event
                event.position = 0
                return KafkaPublisher.Message(
                    partition: Int32(EventLog.partition(of: event.aggregateID, among: partitions)),
                    key: Array(event.aggregateID.utf8), payload: try event.encoded())
            })
    }

    public func read(
        partition: Int, after position: Int64, limit: Int, upTo wait: Duration
    ) async throws -> [EventsV1.Event] {
        let end = ContinuousClock.now + wait
        while true {
            let left = ContinuousClock.now.duration(to: end)
            let messages = try await reader.read(
                partition: Int32(partition), after: position, limit: min(limit, EventLog.maximumBatch),
                upTo: max(.zero, min(left, KafkaReader.longestBlock)))
            if !messages.isEmpty { return messages.map(Self.event) }
            if ContinuousClock.now >= end || Task.isCancelled { return [] }
        }
    }

    /// Lets go of the brokers; nothing may be published or read afterwards.
    public func close() async {
        await publisher.close()
        await reader.close()
    }

    /// The event in a message. What is none of ours is handed on without a type, for the consumer to set aside.
    private static func event(_ message: KafkaReader.Message) -> EventsV1.Event {
        let position = UInt64(message.offset) + 1
        // A message that cannot be read is not lost: its bytes stand in its place.
        if var event = try? EventsV1.Event(decoding: message.payload) {
            event.position = position
            return event
        }
        return EventsV1.Event(
            position: position, id: [UInt8](repeating: 0xFF, count: 8) + withUnsafeBytes(of: position.bigEndian, Array.init),
            type: "", aggregateID: String(decoding: message.key.filter { $0 != 0 }, as: UTF8.self), aggregateVersion: 0,
            payload: message.payload)
    }
}

extension DispatchQueue {
    /// Runs a body that blocks, away from the threads on which tasks run.
    func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
#endif
