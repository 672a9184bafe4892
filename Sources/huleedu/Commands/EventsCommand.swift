import ArgumentParser
import CJAssessmentService
import EventLog
import LLMProviderService
import Postgres

/// `huleedu events`
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Look into what the services told each other.",
        discussion: """
            Each service keeps a log of events, and others apply them once each. An event that can't be applied is set aside with its \
            fault, and later ones of the same subject wait behind it; nothing else does.
            """,
        subcommands: [
            Duplicates.self, Dead.self, Replay.self, Discard.self, Consumers.self, Forget.self, Relay.self,
        ])

    /// The services' logs, each by the name of its service.
    static let logs: [(service: ServiceAssembly.Name, log: EventLog)] = [
        (.llmProvider, LLMProvider.log), (.cjAssessment, CJAssessment.log),
    ]

    /// Schema whose consumers set events aside.
    static let schema = CJAssessment.migrator.schema

    /// `huleedu events duplicates`
    struct Duplicates: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find assessments whose end was told more than once. Changes nothing; ends with 1 when there are some.",
            discussion: """
                An assessment that was continued ends once more, and its further run tells an end of its own: the event carries the \
                number of the run. Such assessments are listed and are not counted as found; found is a run whose end was told more \
                than once. The log goes back as far as events are kept.
                """)

        @OptionGroup var target: DatabaseCommand.Target
        @Flag(help: "Write the findings as JSON.") var json = false

        func run() async throws {
            let status = await target.withPool { pool in
                let audit = try await CompletionAudit.read(pool)
                try StandardOutput.write(json ? audit.json.text() : audit.text)
                return audit.repeated.isEmpty ? 0 : 1
            }
            throw ExitCode(status)
        }
    }

    /// `huleedu events dead`
    struct Dead: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the events that could not be applied, oldest first, and what waits behind them. Changes nothing.",
            discussion: "Ends with 1 when one of them is dead, which is tried no more unless somebody says so.")

        @OptionGroup var target: DatabaseCommand.Target
        @Flag(help: "Write the list as JSON.") var json = false

        func run() async throws {
            let status = await target.withPool { pool in
                let events = try await SetAsideEvent.all(schema: schema, in: pool)
                if json {
                    try StandardOutput.write(JSONValue.array(events.map(\.json)).text())
                } else {
                    for event in events { try StandardOutput.write(event.line + "\n") }
                    if events.isEmpty { try StandardOutput.write("No event is set aside.\n") }
                }
                return events.contains { $0.state == .dead } ? 1 : 0
            }
            throw ExitCode(status)
        }
    }

    /// `huleedu events replay`
    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have a dead event tried again, with all its attempts before it.",
            discussion: "The service that runs takes it up within seconds; safe to do twice.")

        @OptionGroup var target: DatabaseCommand.Target
        @Argument(help: "The event's id, as 'huleedu events dead' writes it.") var id: String

        func run() async throws {
            let status = await target.withPool { pool in
                let count = try await SetAsideEvent.replay(try eventID(id), schema: schema, in: pool)
                try StandardOutput.write(count > 0 ? "\(id) is tried again.\n" : "No dead event has the id \(id).\n")
                return count > 0 ? 0 : 1
            }
            throw ExitCode(status)
        }
    }

    /// `huleedu events discard`
    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a dead event up for good, and have what waits behind it applied.")

        @OptionGroup var target: DatabaseCommand.Target
        @Argument(help: "The event's id, as 'huleedu events dead' writes it.") var id: String

        func run() async throws {
            let status = await target.withPool { pool in
                let count = try await SetAsideEvent.discard(try eventID(id), schema: schema, in: pool)
                try StandardOutput.write(count > 0 ? "\(id) is given up.\n" : "No dead event has the id \(id).\n")
                return count > 0 ? 0 : 1
            }
            throw ExitCode(status)
        }
    }

    private static func eventID(_ text: String) throws(CommandError) -> [UInt8] {
        guard let id = SetAsideEvent.id(from: text) else {
            throw CommandError(.optionUnreadable, "\(quoted(text)) is no event's id; expected 32 hexadecimal digits.")
        }
        return id
    }
}
