import ArgumentParser
import EventLog

extension EventsCommand {
    /// `huleedu events consumers`
    struct Consumers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List who reads the logs, and how far each has got. Changes nothing.",
            discussion: """
                A log keeps what one of its consumers has not passed, however old it is. A consumer that runs is heard of at least every \
                minute.
                """)

        @OptionGroup var target: DatabaseCommand.Target

        func run() async throws {
            let status = await target.withPool { pool in
                var lines: [String] = []
                for (service, log) in logs {
                    lines += try await log.readers(in: pool).map { reader in
                        "\(service.rawValue)  \(reader.consumer)  position \(reader.position), "
                            + "\(huleedu.count(Int(reader.behind), "event")) behind, heard of \(DurationText.text(reader.silence)) ago\n"
                    }
                }
                try StandardOutput.write(lines.isEmpty ? "Nobody reads the logs.\n" : lines.joined())
                return 0
            }
            throw ExitCode(status)
        }
    }

    /// `huleedu events forget`
    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wait no more for a consumer that is gone for good, so that what it has not passed can be forgotten.",
            discussion: """
                Refused, with 1, for one that was heard of in the last fifteen minutes: it may be running. One that comes back is waited for \
                again, and finds a gap where events are gone by then.
                """)

        /// A consumer that was heard of since may be running: many times as long as one that runs is ever silent.
        static let leastSilence: Duration = .seconds(900)

        @OptionGroup var target: DatabaseCommand.Target
        @Argument(help: "The consumer's name, as 'huleedu events consumers' writes it.") var consumer: String
        @Option(help: ArgumentHelp("The service whose log it reads, where it reads several.", valueName: "service"))
        var log: ServiceAssembly.Name?
        @Flag(help: "Forget it even if it may be running.") var force = false

        func run() async throws {
            let status = await target.withPool { pool in
                var isRemoved = false
                for (service, log) in logs where self.log == nil || self.log == service {
                    switch try await log.remove(consumer, silentFor: force ? .zero : Self.leastSilence, in: pool) {
                    case .removed:
                        isRemoved = true
                        try StandardOutput.write("\(service.rawValue) waits for \(consumer) no more.\n")
                    case .unknown: continue
                    case .active(let silence):
                        try StandardOutput.write(
                            "\(consumer) was heard of \(DurationText.text(silence)) ago at \(service.rawValue) and may be running. End it and "
                                + "wait \(DurationText.text(Self.leastSilence)), or pass --force.\n")
                        return 1
                    }
                }
                guard !isRemoved else { return 0 }
                try StandardOutput.write(
                    "Nobody reads \(log.map { "the log of \($0.rawValue)" } ?? "a log") as \(quoted(consumer)).\n")
                return 1
            }
            throw ExitCode(status)
        }
    }
}
