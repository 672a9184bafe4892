import CJAssessmentService
import Contracts
import EventLog
import Postgres

extension CompletionAudit {
    /// What `events duplicates` writes: a line of counts, then one for each assessment whose end was told several times.
    var text: String {
        var text = count(eventCount, "completion event") + " of " + count(assessmentCount, "assessment")
        if let ratio { text += ", ratio \(Self.rounded(ratio))" }
        text += "\n"
        for found in repeated {
            let runs = found.repeatedRuns.map(String.init).joined(separator: ", ")
            text +=
                "duplicate  \(found.assessment)  \(count(found.completions.count, "completion event")), run \(runs) more than once, "
            text += "\(found.closelyFollowing.count) within five minutes of the one before\n"
        }
        for found in continued {
            let runs = found.completions.map { String($0.run) }.joined(separator: ", ")
            text += "continued  \(found.assessment)  runs \(runs), once each\n"
        }
        return text + (repeated.isEmpty ? "No end was told twice.\n" : "")
    }

    /// What `events duplicates --json` writes.
    var json: JSONValue {
        .object([
            .init("completion_events", .integer(Int64(eventCount))),
            .init("assessments", .integer(Int64(assessmentCount))),
            .init("ratio", ratio.map(JSONValue.number) ?? .null),
            .init("duplicates", .array(repeated.map(\.json))),
            .init("continued", .array(continued.map(\.json))),
        ])
    }

    private static func rounded(_ ratio: Double) -> String {
        let hundredths = Int64((ratio * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}

extension CompletionAudit.Several {
    fileprivate var json: JSONValue {
        let close = Set(closelyFollowing.map(\.eventID))
        return .object([
            .init("assessment", .string(assessment)),
            .init("repeated_runs", .array(repeatedRuns.map { .integer(Int64($0)) })),
            .init("within_five_minutes", .integer(Int64(close.count))),
            .init(
                "completions",
                .array(
                    completions.map { completion in
                        .object([
                            .init("event", .string(SetAsideEvent.text(of: completion.eventID))),
                            .init("run", .integer(Int64(completion.run))),
                            .init("at", .string(WallTime(completion.at).rfc3339)),
                            .init("within_five_minutes", .bool(close.contains(completion.eventID))),
                        ])
                    })),
        ])
    }
}

extension SetAsideEvent {
    /// What `events dead` writes about it.
    var line: String {
        "\(id)  \(state.rawValue)  \(consumer)  \(event.type)  \(event.aggregateID)  \(count(Int(attempts), "attempt"))"
            + (fault.isEmpty ? "" : "  \(fault.split(whereSeparator: \.isNewline).joined(separator: " "))")
    }

    /// What `events dead --json` writes about it; not the payload, which may hold what people wrote.
    var json: JSONValue {
        .object([
            .init("event", .string(id)),
            .init("state", .string(state.rawValue)),
            .init("consumer", .string(consumer)),
            .init("partition", .integer(partition)),
            .init("position", .unsigned(event.position)),
            .init("type", .string(event.type)),
            .init("aggregate", .string(event.aggregateID)),
            .init("version", .unsigned(event.aggregateVersion)),
            .init("payload_bytes", .integer(Int64(event.payload.count))),
            .init("attempts", .integer(attempts)),
            .init("fault", .optional(fault.isEmpty ? nil : fault)),
            .init("set_aside_at", .string(WallTime(setAsideAt).rfc3339)),
        ])
    }
}
