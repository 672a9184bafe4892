import ArgumentParser
import EventLog
import Logging
import Postgres
import ServiceKit

#if Kafka
import EventLogKafka
#endif

extension EventsCommand {
    /// `huleedu events relay`
    struct Relay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "relay",
            abstract:
                "Publish a service's log on a Kafka topic until it is told to end. Needs a program built with --traits Kafka.",
            discussion: """
                Events keep their ids and the order of what they are about. One may be published again where the relay died in between: \
                consumers remember ids. The topic is made beforehand and is not compacted. Several relays of one name take turns. \
                The log waits for the relay, as for every consumer: 'huleedu events forget' ends that.
                """)

        @OptionGroup var target: DatabaseCommand.Target
        @Option(help: ArgumentHelp("The service whose log is published.", valueName: "service")) var log: ServiceAssembly.Name
        @Option(help: ArgumentHelp("Brokers to begin with.", valueName: "host:port,…")) var brokers: String
        @Option(help: ArgumentHelp("The topic.", valueName: "name")) var topic: String
        @Option(help: ArgumentHelp("What the log knows the relay as.", valueName: "name")) var consumer = "kafka"
        @Option(help: ArgumentHelp("A setting by its name in librdkafka; may be given again.", valueName: "name=value"))
        var setting: [String] = []

        func validate() throws {
            guard (1...EventFeed.longestName).contains(consumer.utf8.count) else {
                throw ValidationError("--consumer: expected 1 to \(EventFeed.longestName) bytes.")
            }
            _ = try settings()
        }

        /// The settings by name.
        private func settings() throws -> [String: String] {
            try setting.reduce(into: [:]) { settings, text in
                guard let mark = text.firstIndex(of: "="), mark != text.startIndex else {
                    throw ValidationError("--setting: expected name=value, got \(quoted(text)).")
                }
                settings[String(text[..<mark])] = String(text[text.index(after: mark)...])
            }
        }

        #if Kafka
        /// How often the log is looked at once everything is published.
        private static let pollInterval: Duration = .milliseconds(250)

        func run() async throws {
            let settings = try settings()
            let status = await target.withPool { pool in
                guard let log = logs.first(where: { $0.service == self.log })?.log else { return 64 }
                var configuration = KafkaConfiguration(brokers: brokers, topic: topic)
                configuration.settings = settings
                let bus = try await KafkaBus.open(configuration)
                try StandardOutput.write("\(self.log.rawValue)  topic \(topic), \(huleedu.count(bus.partitions, "partition"))\n")
                let relay = EventRelay(log: log, pool: pool, bus: bus, name: consumer)
                let logger = Logger(label: "huleedu") { StreamLogHandler.standardError(label: $0) }
                // It ends by a signal only: a step that fails is repeated.
                let end: Void? = try await ServiceRun.orSignal {
                    try await RetryingLoop("relay", logger: logger).run {
                        if try await relay.step() == 0 { try await Task.sleep(for: Self.pollInterval) }
                    }
                }
                await bus.close()
                return end == nil ? 0 : 70
            }
            throw ExitCode(status)
        }
        #else
        func run() async throws {
            let status = await CommandFailure.reported {
                throw CommandError(
                    .partNotBuilt,
                    "This program was built without Kafka; build it with 'swift build -c release --traits Kafka --product huleedu', which takes "
                        + "librdkafka (apt: librdkafka-dev).")
            }
            throw ExitCode(status)
        }
        #endif
    }
}
