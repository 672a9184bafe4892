#if Kafka
private import CKafka
import EventLog
import EventLogKafka
import Synchronization

/// Brokers in this process, as librdkafka plays them.
final class MockCluster: @unchecked Sendable {
    /// Partitions of a topic.
    static let partitions = 4

    // Both are set once; the library guards what they stand for.
    private let handle: OpaquePointer
    private let cluster: OpaquePointer
    private static let topics = Mutex(0)

    init() {
        let conf = rd_kafka_conf_new()
        rd_kafka_conf_set_log_cb(conf, nil)
        guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nil, 0), let cluster = rd_kafka_mock_cluster_new(handle, 3)
        else { preconditionFailure("librdkafka plays no brokers") }
        self.handle = handle
        self.cluster = cluster
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(handle)
    }

    /// A topic that nobody has used.
    func topic() -> KafkaConfiguration {
        let number = Self.topics.withLock { number in
            number += 1
            return number
        }
        let name = "events-\(number)"
        let code = rd_kafka_mock_topic_create(cluster, name, Int32(Self.partitions), 3)
        precondition(code == RD_KAFKA_RESP_ERR_NO_ERROR, "the topic is made")
        return KafkaConfiguration(brokers: String(cString: rd_kafka_mock_cluster_bootstraps(cluster)), topic: name)
    }

    /// The brokers' answers to the next attempts to publish: they have not got enough replicas, or the answer is lost.
    func refuseProducing(_ count: Int) {
        let codes = (0..<count).map { number in
            number % 2 == 0 ? RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS : RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT
        }
        codes.withUnsafeBufferPointer { codes in
            rd_kafka_mock_push_request_errors_array(
                cluster, 0, codes.count, UnsafeMutablePointer(mutating: codes.baseAddress))
        }
    }

    func set(away: Bool) {
        for broker in 1...Int32(3) {
            _ = away ? rd_kafka_mock_broker_set_down(cluster, broker) : rd_kafka_mock_broker_set_up(cluster, broker)
        }
    }
}
#endif
