#if Kafka
private import CKafka
import Dispatch
import EventLog

/// The library's consumer, without a group: who reads what, and from where, is said by the caller. Its handle is used on one queue
/// only.
final class KafkaReader: @unchecked Sendable {
    struct Message: Sendable {
        let offset: Int64
        let key: [UInt8]
        let payload: [UInt8]
    }

    /// How long a look for messages keeps the queue at most.
    static let longestBlock: Duration = .milliseconds(50)

    private let configuration: KafkaConfiguration
    private let queue = DispatchQueue(label: "huleedu.kafka.reader")
    private let handle: OpaquePointer
    private let topic: OpaquePointer
    private var isClosed = false
    /// The position after which each partition is read next.
    private var positions: [Int32: Int64] = [:]

    init(_ configuration: KafkaConfiguration) throws(EventLogError) {
        self.configuration = configuration
        handle = try configuration.handle(.reader)
        guard let topic = rd_kafka_topic_new(handle, configuration.topic, nil) else {
            rd_kafka_destroy(handle)
            throw .kafka(rd_kafka_last_error().rawValue, "topic \(configuration.topic)")
        }
        self.topic = topic
    }

    deinit {
        letGo()
    }

    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                letGo()
                continuation.resume()
            }
        }
    }

    /// How many partitions the topic has.
    func partitions(upTo wait: Duration) async throws -> Int {
        try await queue.blocking { [self] in
            var metadata: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(handle, 0, topic, &metadata, Self.milliseconds(wait))
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
                throw EventLogError.kafka(code.rawValue, "the brokers \(configuration.brokers)")
            }
            defer { rd_kafka_metadata_destroy(metadata) }
            guard metadata.pointee.topic_cnt == 1, metadata.pointee.topics[0].partition_cnt > 0 else {
                throw EventLogError(.unavailable, "there is no topic \(configuration.topic)")
            }
            return Int(metadata.pointee.topics[0].partition_cnt)
        }
    }

    /// The messages after a position that are there within a time.
    func read(partition: Int32, after position: Int64, limit: Int, upTo wait: Duration) async throws -> [Message] {
        guard limit > 0 else { return [] }
        return try await queue.blocking { [self] in
            guard !isClosed else { throw EventLogError(.unavailable, "the bus has been closed") }
            try seek(partition, after: position)
            // One is waited for; those that have come with it are taken as they are.
            var messages: [Message] = []
            var left = wait
            while messages.count < limit, let message = rd_kafka_consume(topic, partition, Self.milliseconds(left)) {
                defer { rd_kafka_message_destroy(message) }
                left = .zero
                do throws(EventLogError) {
                    guard let read = try self.message(message.pointee) else { continue }
                    messages.append(read)
                    positions[partition] = read.offset + 1
                } catch {
                    positions[partition] = nil
                    rd_kafka_consume_stop(topic, partition)
                    if messages.isEmpty { throw error }
                    return messages
                }
            }
            return messages
        }
    }

    private func seek(_ partition: Int32, after position: Int64) throws(EventLogError) {
        guard positions[partition] != position else { return }
        if positions.removeValue(forKey: partition) != nil { rd_kafka_consume_stop(topic, partition) }
        // The beginning is wherever the oldest message stands.
        let offset = position == 0 ? Int64(RD_KAFKA_OFFSET_BEGINNING) : position
        guard rd_kafka_consume_start(topic, partition, offset) == 0 else {
            throw .kafka(rd_kafka_last_error().rawValue, "partition \(partition)")
        }
        positions[partition] = position
    }

    private func message(_ message: rd_kafka_message_t) throws(EventLogError) -> Message? {
        switch message.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            Message(
                offset: message.offset, key: Self.bytes(message.key, message.key_len),
                payload: Self.bytes(message.payload, message.len))
        case RD_KAFKA_RESP_ERR__PARTITION_EOF: nil
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            throw EventLogError(.eventMissing, "the topic does not hold what comes after the position asked for")
        default: throw .kafka(message.err.rawValue, "partition \(message.partition)")
        }
    }

    private func letGo() {
        guard !isClosed else { return }
        isClosed = true
        for partition in positions.keys { rd_kafka_consume_stop(topic, partition) }
        rd_kafka_topic_destroy(topic)
        rd_kafka_destroy(handle)
    }

    private static func bytes(_ start: UnsafeMutableRawPointer?, _ count: Int) -> [UInt8] {
        start.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) } ?? []
    }

    private static func milliseconds(_ duration: Duration) -> Int32 {
        Int32(clamping: Int64(duration / .milliseconds(1)))
    }
}
#endif
