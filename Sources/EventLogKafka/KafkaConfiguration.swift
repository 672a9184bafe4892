#if Kafka
private import CKafka
import EventLog

/// Where the topic is found that holds the events, and how.
public struct KafkaConfiguration: Sendable, Hashable {
    /// Brokers to begin with, as `host:port` with commas between.
    public var brokers: String
    public var topic: String
    /// How long publishing may take before it is given up, with the outcome open; a relay's transaction lies idle meanwhile.
    public var publishTimeout: Duration = .seconds(5)
    /// Further settings by the names of librdkafka, for encryption and accounts.
    public var settings: [String: String] = [:]

    public init(brokers: String, topic: String) {
        self.brokers = brokers
        self.topic = topic
    }
}

extension KafkaConfiguration {
    enum Role { case publisher, reader }

    /// What this adapter's promises rest on; nothing of it can be set otherwise.
    private func fixed(_ role: Role) -> [(String, String)] {
        switch role {
        // Without a time limit of the library's own no event is given up while a later one of its aggregate goes through.
        case .publisher:
            [
                ("enable.idempotence", "true"), ("enable.gapless.guarantee", "true"), ("acks", "all"),
                ("message.timeout.ms", "0"), ("linger.ms", "1"),
            ]
        // Positions are kept in the consumer's database, and what is missing is told, not left out.
        case .reader:
            [
                ("enable.auto.commit", "false"), ("auto.offset.reset", "error"), ("fetch.error.backoff.ms", "50"),
                ("isolation.level", "read_committed"),
            ]
        }
    }

    /// A handle of the library; the caller destroys it.
    func handle(_ role: Role) throws(EventLogError) -> OpaquePointer {
        guard let conf = rd_kafka_conf_new() else { throw EventLogError(.unavailable, "librdkafka has no memory") }
        rd_kafka_conf_set_log_cb(conf, nil)
        if role == .publisher { rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR) }
        var reason = [CChar](repeating: 0, count: 512)
        let own = [("bootstrap.servers", brokers), ("message.max.bytes", "\(4 << 20)")]
        for (name, value) in settings.sorted(by: { $0.key < $1.key }).map({ ($0.key, $0.value) }) + own + fixed(role) {
            guard rd_kafka_conf_set(conf, name, value, &reason, reason.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(conf)
                throw EventLogError(.unavailable, "Kafka setting \(name): \(Self.text(reason))")
            }
        }
        let kind = role == .publisher ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
        guard let handle = rd_kafka_new(kind, conf, &reason, reason.count) else {
            rd_kafka_conf_destroy(conf)
            throw EventLogError(.unavailable, "Kafka: \(Self.text(reason))")
        }
        return handle
    }

    private static func text(_ reason: [CChar]) -> String {
        String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension EventLogError {
    /// What the library says is the matter.
    static func kafka(_ code: Int32, _ what: String) -> EventLogError {
        let words = String(cString: rd_kafka_err2str(rd_kafka_resp_err_t(rawValue: code)))
        return EventLogError(.unavailable, "\(what): \(words)")
    }
}
#endif
