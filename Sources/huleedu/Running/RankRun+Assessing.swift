import CJCore
import Contracts
import Logging
import Wire
import WireNIO

extension RankRun {
    /// Starts or continues the assessment of a run, and follows it to its end.
    func assess(_ record: RunRecord, at address: BoundAddress, logger: Logger) async throws -> Outcome {
        let client = WireClient(host: address.host, port: address.port, configuration: .init(), logger: logger)
        do {
            let outcome = try await assess(record, through: client)
            await client.close()
            return outcome
        } catch {
            await client.close()
            throw error
        }
    }

    private func assess(_ record: RunRecord, through client: WireClient) async throws -> Outcome {
        let session = RankSession(input: input, record: record, judge: judge, service: CJV1.CJAssessmentClient(client))
        if record.state != .preparing {
            guard let standing = try await session.standing() else { return .unknown }
            guard try await mayGoOn(from: standing, session) else { return .declined }
            try await session.proceed()
            try save(record, as: .started)
        } else {
            try await session.upload(as: record.id)
            let estimate = try await session.estimate(as: record.id).times(series?.runsLeft ?? 1)
            guard try await mayStart(estimate) else { return .declined }
            try await start(record, session)
        }
        try await follow(session)
        let (assessment, comparisons) = try await session.fetch()
        let began = WallTime(unixSeconds: record.startedUnixSeconds, utcOffsetSeconds: WallTime.now.utcOffsetSeconds)
        return .ranked(
            RankingReport(
                assessment, comparisons: comparisons,
                background: .init(
                    settings: settings, essays: input.folder, seed: record.seed, started: began, finished: .now)))
    }

    // MARK: - Agreement

    private func mayStart(_ estimate: RunEstimate) async throws -> Bool {
        if case .money(let money) = settings.budget, let one = estimate.costPerComparison, money < one {
            throw CommandError(
                .budgetOutOfRange,
                """
                The budget of \(money.formatted(in: .english)) does not pay for one comparison, which is expected to cost \
                \(one.roundedUp.formatted(in: .english)).
                """)
        }
        tell(estimate.text(in: settings.language))
        guard series?.isAgreed != true else { return true }
        let isAgreed = try await isAgreed(to: estimate)
        // What was told is what all runs take that are left.
        if isAgreed { series?.agree() }
        return isAgreed
    }

    /// A run that was interrupted goes on under what was agreed to; one that had ended spends anew.
    private func mayGoOn(from standing: CJV1.AssessmentProgress, _ session: RankSession) async throws -> Bool {
        guard standing.state != .running else { return true }
        // Under another name: what was handed over for the assessment itself has gone into it.
        let name = session.record.id + ".again"
        try await session.upload(as: name)
        var estimate = try await session.estimate(as: name)
        estimate.subtract(judged: Int(standing.judged + standing.failed), spent: standing.costNanodollars.map(Money.init))
        tell(
            language: "\(standing.judged) judgements are there already; what going on takes comes on top of them.",
            "\(standing.judged) bedömningar finns redan; det som tillkommer är detta.")
        tell(estimate.text(in: settings.language))
        guard estimate.comparisonsAtMost > 0 else { return true }
        return try await isAgreed(to: estimate)
    }

    private func isAgreed(to estimate: RunEstimate) async throws -> Bool {
        guard !estimate.simulated else { return true }
        let isAgreed = try await ConfirmPrompt(language: settings.language)
            .confirm(estimate, yes: settings.output.yes, dialogue: .terminal())
        try Task.checkCancellation()
        return isAgreed
    }

    // MARK: - Start and course

    /// The record says so before the call is made: however this ends, nothing that is paid for is lost sight of.
    private func start(_ record: RunRecord, _ session: RankSession) async throws {
        try save(record, as: .started)
        do {
            try await session.start()
        } catch let error as RPCError where error.wasCertainlyRefused {
            try save(record, as: .preparing)
            throw error
        }
    }

    private func save(_ record: RunRecord, as state: RunRecord.State) throws {
        var record = record
        record.state = state
        try records.save(record)
    }

    private func follow(_ session: RankSession) async throws {
        let started = ContinuousClock.now
        var display = ProgressDisplay(
            capabilities: errorTerminal, language: settings.language, isSilent: settings.output.quiet || settings.output.json)
        try await session.watch { progress in
            let elapsed = started.duration(to: .now)
            let snapshot = ProgressSnapshot(progress)
            let text = progress.state == .running ? display.report(snapshot, at: elapsed) : display.finish(snapshot, at: elapsed)
            if let text { StandardError.write(text) }
        }
    }
}

extension RPCError {
    /// Whether the service has looked at a call and turned it down, so that nothing has come of it.
    fileprivate var wasCertainlyRefused: Bool {
        switch code {
        case .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .outOfRange, .permissionDenied, .unauthenticated,
            .unimplemented:
            true
        case .ok, .cancelled, .unknown, .deadlineExceeded, .resourceExhausted, .aborted, .internal, .unavailable, .dataLoss:
            isRefused
        }
    }
}

extension ProgressSnapshot {
    init(_ progress: CJV1.AssessmentProgress) {
        self.init(
            judged: Int(progress.judged), expected: progress.expected == 0 ? nil : Int(progress.expected),
            failed: Int(progress.failed), reliability: progress.reliability, goal: StoppingGoal(progress),
            spent: progress.costNanodollars.map(Money.init), forecast: progress.forecastCostNanodollars.map(Money.init),
            simulated: progress.simulated)
    }
}
