import ArgumentParser
import CJCore

/// How much is judged, and how.
struct EffortOptions: ParsableArguments {
    static let precisionRange = 0.5...0.99
    static let defaultPrecision = 0.85
    static let tauRange = 0.3...0.95
    static let gradeDeviationRange = 0.1...10.0
    static let concurrencyRange = 1...256

    @Option(
        help: ArgumentHelp(
            """
            The most that may be spent: a number of comparisons, as in 300, or US dollars, as in 2.50usd or '$2.50' \
            (quote the sign, or the shell takes it). Without it a limit that follows from the number of essays.
            """,
            valueName: "comparisons|money"),
        transform: { try Budget(parsing: $0) })
    var budget: Budget?

    @Option(
        help: ArgumentHelp(
            """
            Stop as soon as the ranking is this reliable: 0.5 to 0.99, where 1 would be a ranking without chance in it. \
            0.7 gives a rough order, 0.85 serves most classrooms, 0.9 is customary where much hangs on single essays. \
            (default: 0.85)
            """,
            valueName: "reliability"),
        transform: { try Self.precision($0) })
    var precision: Double?

    @Option(
        help: ArgumentHelp(
            """
            Stop on this instead: Kendall's tau between the ranking and the true order, 0.3 to 0.95. It is the share of pairs in the right \
            order less the share in the wrong one; 0.75 goes with a reliability of about 0.85.
            """,
            valueName: "number"),
        transform: { try Self.tau($0) })
    var tau: Double?

    @Option(
        help: ArgumentHelp(
            """
            Stop on this instead: the standard deviation of the least certain grade, in steps of the scale, 0.1 to 10. An essay on the \
            border of two grades has 0.5 however long one judges. Needs --anchors.
            """,
            valueName: "steps"),
        transform: { try Self.gradeDeviation($0) })
    var gradeDeviation: Double?

    @Flag(help: "Go on until the budget, or the limit of time, is used up, however certain the ranking is before.")
    var untilBudget = false

    @Option(
        help: ArgumentHelp(
            """
            The longest that the run may take, as in 90s, 30m or 2h: nothing more is asked of the judge then, and the ranking \
            rests on what has been judged. Continuing the run begins the time anew.
            """,
            valueName: "time"),
        transform: { try Self.time($0) })
    var timeLimit: Duration?

    @Option(
        help: ArgumentHelp(
            """
            A whole number from which pairs and their order are chosen, together with the judgements as they arrive: only with \
            --concurrency 1, and a judge that answers the same each time, is a run repeated exactly. Without it one is drawn and shown.
            """,
            valueName: "number"),
        transform: { try Self.seed($0) })
    var seed: UInt64?

    @Option(
        help: ArgumentHelp("Comparisons that may be with the judge at once, 1 to 256.", valueName: "number"),
        transform: { try Self.concurrency($0) })
    var concurrency: Int?

    @Option(
        help: ArgumentHelp(
            """
            How pairs are chosen: information (whatever tells most), rounds (every essay once in each), matching (rounds of \
            neighbours) or random (for comparison).
            """,
            valueName: "information|rounds|matching|random"))
    var pairing: PairingChoice = .information

    @Flag(
        help: """
            Continue an earlier run over the same essays with the same judge, question and rubric, whether it was interrupted, its \
            judge failed, or its budget or time was used up; --budget, --time-limit and what it is to reach may be others. \
            No judgement is paid for twice.
            """)
    var resume = false

    static func precision(_ text: String) throws(CommandError) -> Double {
        guard let value = Double(text), precisionRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange, "\(quoted(text)) is no reliability to aim for; expected a number from 0.5 to 0.99, as in 0.85."
            )
        }
        return value
    }

    static func tau(_ text: String) throws(CommandError) -> Double {
        guard let value = Double(text), tauRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange, "\(quoted(text)) is no tau to aim for; expected a number from 0.3 to 0.95, as in 0.75.")
        }
        return value
    }

    static func gradeDeviation(_ text: String) throws(CommandError) -> Double {
        guard let value = Double(text), gradeDeviationRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange,
                "\(quoted(text)) is no deviation to aim for; expected steps of the scale from 0.1 to 10, as in 0.8.")
        }
        return value
    }

    /// What the run is to reach.
    func goal() throws(CommandError) -> StoppingGoal {
        try Self.goal(precision: precision, tau: tau, gradeDeviation: gradeDeviation, untilBudget: untilBudget)
    }

    /// What options ask to reach, of which one at most may have been given.
    static func goal(
        precision: Double?, tau: Double?, gradeDeviation: Double? = nil, untilBudget: Bool = false
    ) throws(CommandError) -> StoppingGoal {
        let asked: [(option: String, goal: StoppingGoal)] = [
            precision.map { ("--precision", .reliability($0)) }, tau.map { ("--tau", .kendallTau($0)) },
            gradeDeviation.map { ("--grade-deviation", .gradeDeviation($0)) }, untilBudget ? ("--until-budget", .budget) : nil,
        ].compactMap(\.self)
        guard asked.count <= 1 else {
            throw CommandError(
                .optionsConflict, "\(asked[0].option) and \(asked[1].option) both say when to stop; give one of them.")
        }
        return asked.first?.goal ?? .reliability(defaultPrecision)
    }

    static func time(_ text: String) throws(CommandError) -> Duration {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            count >= 1, count <= 365 * 86_400 / unit
        else {
            throw CommandError(
                .optionOutOfRange,
                "\(quoted(text)) is no time; expected a whole number of seconds, minutes or hours up to a year, as in 90s, 30m or 2h."
            )
        }
        return .seconds(count * unit)
    }

    static func seed(_ text: String) throws(CommandError) -> UInt64 {
        guard let value = UInt64(text) else {
            throw CommandError(
                .optionOutOfRange, "\(quoted(text)) is no seed; expected a whole number from 0 to \(UInt64.max).")
        }
        return value
    }

    static func concurrency(_ text: String) throws(CommandError) -> Int {
        guard let value = Int(text), concurrencyRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange,
                "\(quoted(text)) comparisons cannot be under way at once; expected a whole number from 1 to 256.")
        }
        return value
    }
}
