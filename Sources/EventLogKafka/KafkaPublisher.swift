#if Kafka
private import CKafka
import Dispatch
import EventLog

/// The library's producer. Its handle is used on one queue only.
///
/// A batch that was not confirmed in time is withdrawn and the handle given up, so that nothing of it is sent later, between the
/// events of a further attempt.
final class KafkaPublisher: @unchecked Sendable {
    struct Message: Sendable {
        let partition: Int32
        let key: [UInt8]
        let payload: [UInt8]
    }

    private struct Open {
        let handle: OpaquePointer
        let topic: OpaquePointer
        /// Reports of deliveries.
        let reports: OpaquePointer
    }

    private static let pollMilliseconds: Int32 = 50

    private let configuration: KafkaConfiguration
    private let partitions: Int
    private let queue = DispatchQueue(label: "huleedu.kafka.publisher")
    private var opened: Open?

    init(_ configuration: KafkaConfiguration, partitions: Int) {
        self.configuration = configuration
        self.partitions = partitions
    }

    deinit {
        abandon()
    }

    func publish(_ messages: [Message]) async throws {
        try await queue.blocking { [self] in
            let end = ContinuousClock.now + configuration.publishTimeout
            let open = try open()
            do throws(EventLogError) {
                var confirmed = 0
                for message in messages { try send(message, open, &confirmed, until: end) }
                while confirmed < messages.count { try takeReports(open, &confirmed, until: end) }
            } catch {
                abandon()
                throw error
            }
        }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                abandon()
                continuation.resume()
            }
        }
    }

    private func open() throws(EventLogError) -> Open {
        if let opened { return opened }
        let handle = try configuration.handle(.publisher)
        guard let topic = rd_kafka_topic_new(handle, configuration.topic, nil), let reports = rd_kafka_queue_get_main(handle)
        else {
            let code = rd_kafka_last_error()
            rd_kafka_destroy(handle)
            throw .kafka(code.rawValue, "topic \(configuration.topic)")
        }
        let open = Open(handle: handle, topic: topic, reports: reports)
        opened = open
        return open
    }

    private func send(
        _ message: Message, _ open: Open, _ confirmed: inout Int, until end: ContinuousClock.Instant
    ) throws(EventLogError) {
        while true {
            let sent = message.payload.withUnsafeBytes { payload in
                message.key.withUnsafeBytes { key in
                    // The library copies the bytes before it returns, as the flag says.
                    rd_kafka_produce(
                        open.topic, message.partition, RD_KAFKA_MSG_F_COPY,
                        UnsafeMutableRawPointer(mutating: payload.baseAddress), payload.count, key.baseAddress, key.count, nil)
                }
            }
            if sent == 0 { return }
            let code = rd_kafka_last_error()
            guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL else { throw .kafka(code.rawValue, "an event is not taken") }
            try takeReports(open, &confirmed, until: end)
        }
    }

    /// Waits for reports.
    private func takeReports(
        _ open: Open, _ confirmed: inout Int, until end: ContinuousClock.Instant
    ) throws(EventLogError) {
        guard ContinuousClock.now < end else {
            throw EventLogError(.unavailable, "the brokers did not confirm events within \(configuration.publishTimeout)")
        }
        guard let event = rd_kafka_queue_poll(open.reports, Self.pollMilliseconds) else { return }
        defer { rd_kafka_event_destroy(event) }
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR:
            while let message = rd_kafka_event_message_next(event) {
                let code = message.pointee.err
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw .kafka(code.rawValue, "an event is not published") }
                confirmed += 1
            }
        default:
            // Brokers come and go; only what ends the producer ends the attempt.
            let code = rd_kafka_fatal_error(open.handle, nil, 0)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw .kafka(code.rawValue, "the producer has failed") }
        }
    }

    /// Gives the handle up with everything that it still holds.
    private func abandon() {
        guard let opened else { return }
        self.opened = nil
        rd_kafka_purge(opened.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        rd_kafka_queue_destroy(opened.reports)
        rd_kafka_topic_destroy(opened.topic)
        rd_kafka_destroy_flags(opened.handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }
}
#endif
