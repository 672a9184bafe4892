import CJAssessmentService
import Contracts
import Crypto
import FakeProvider
import Glibc
import Logging
import Postgres
import ServiceKit
import ServiceLifecycle
import Wire
import WireNIO

/// The main job: brings up what it needs, ranks one folder of essays, writes what was asked for, and takes everything down again.
struct RankRun: Sendable {
    let input: RankInput
    let judge: JudgeProvider
    let data: DataFolder
    let environment: Settings
    let errorTerminal: TerminalCapabilities
    let outputTerminal: TerminalCapabilities

    private static let loopback = Endpoint(host: "127.0.0.1", port: 0)

    private var settings: RankSettings { input.settings }

    /// Runs from the beginning, or from where it was, to the end.
    ///
    /// - Returns: the status with which the process ends.
    func run() async throws -> Int32 {
        if let path = settings.output.report { try OutputFile.check(path) }
        try data.prepare()
        let logger = try FileLog.logger(path: data.log, label: "huleedu")
        tell(language: "Starting the database and the services …", "Startar databasen och tjänsterna …")
        let database = try await DatabaseServer.start(
            named: environment.text("DATABASE_URL", isSecret: true), data: data, logger: logger)
        do {
            let status = try await run(on: database, logger: logger)
            await database.stop()
            return status
        } catch {
            await database.stop()
            throw error
        }
    }

    private func run(on database: DatabaseServer, logger: Logger) async throws -> Int32 {
        let records = RunRecords(folder: data.runs)
        let record = try chooseRecord(records)
        try await database.createDatabase(record.database, logger: logger)
        try records.save(record)
        let simulation = try await Simulation.start(judge: judge, input: input, seed: record.seed, logger: logger)
        do {
            let assembly = ServiceAssembly(
                connectionString: database.connectionString(database: record.database), isAlone: database.isPrivate,
                logger: logger)
            let provider = try await assembly.llmProvider(
                listen: Self.loopback,
                providers: ProviderAccess.configurations(environment, simulatedURL: simulation?.url))
            let assessment = try await assembly.cjAssessment(
                listen: Self.loopback, provider: Endpoint(host: provider.address.host, port: provider.address.port))
            let report = try await ServiceRun.around([provider.host, assessment.host], logger: logger) {
                try await database.whileThereIsSpace {
                    try await self.assess(record, at: assessment.address, logger: logger)
                }
            }
            await simulation?.stop()
            guard let report else {
                tell(
                    language: "\nInterrupted. What was judged is kept: the same command with --resume goes on.",
                    "\nAvbrutet. Det som bedömts finns kvar: samma kommando med --resume fortsätter.")
                return 130
            }
            return try await finish(report, record: record, records: records, database: database, logger: logger)
        } catch {
            await simulation?.stop()
            throw error
        }
    }

    // MARK: - Which run

    private func chooseRecord(_ records: RunRecords) throws(CommandError) -> RunRecord {
        let fingerprint = settings.fingerprint(
            essays: input.folder.essays, anchors: input.anchors, provider: judge.name.rawValue, model: judge.model)
        let open = try records.all().first { record in
            record.fingerprint == fingerprint && !record.isFinished && (settings.seed ?? record.seed) == record.seed
        }
        if settings.resume {
            guard let open else {
                throw CommandError(
                    .nothingToResume,
                    "No interrupted run over these essays with these options was found; leave out --resume to start one.")
            }
            return open
        }
        if open != nil {
            tell(
                language: "An earlier run over these essays was interrupted; --resume would continue it. Starting anew.",
                "En tidigare körning med samma uppsatser avbröts; --resume fortsätter den. Börjar om.")
        }
        var generator = SystemRandomNumberGenerator()
        let seed = settings.seed ?? UInt64.random(in: 0...9_999_999, using: &generator)
        let id = "run-" + String(UInt64.random(in: .min ... .max, using: &generator), radix: 36)
        return RunRecord(
            id: id, database: "huleedu_" + id.dropFirst(4), fingerprint: fingerprint, folder: input.folder.path, seed: seed,
            startedUnixSeconds: WallTime.now.unixSeconds, isFinished: false)
    }

    // MARK: - The assessment

    private enum Outcome: Sendable {
        case ranked(RankingReport)
        case declined
    }

    private func assess(_ record: RunRecord, at address: BoundAddress, logger: Logger) async throws -> Outcome {
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
        let isStarted = settings.resume ? try await session.isStarted() : false
        if !isStarted {
            try await session.upload()
            let estimate = try await session.estimate()
            tell(estimate.text(in: settings.language))
            if !estimate.simulated {
                let mayGoOn = try await ConfirmPrompt(language: settings.language)
                    .confirm(estimate, yes: settings.output.yes, dialogue: .terminal())
                guard mayGoOn else { return .declined }
            }
            try await session.start()
        }
        let started = ContinuousClock.now
        var display = ProgressDisplay(
            capabilities: errorTerminal, language: settings.language, isSilent: settings.output.quiet || settings.output.json)
        try await session.watch { progress in
            let elapsed = started.duration(to: .now)
            let snapshot = ProgressSnapshot(progress)
            let text = progress.state == .running ? display.report(snapshot, at: elapsed) : display.finish(snapshot, at: elapsed)
            if let text { StandardError.write(text) }
        }
        let (assessment, comparisons) = try await session.fetch()
        let began = WallTime(unixSeconds: record.startedUnixSeconds, utcOffsetSeconds: WallTime.now.utcOffsetSeconds)
        return .ranked(
            RankingReport(
                assessment, comparisons: comparisons,
                background: .init(
                    settings: settings, essays: input.folder, seed: record.seed, started: began, finished: .now)))
    }

    // MARK: - The end

    private func finish(
        _ outcome: Outcome, record: RunRecord, records: RunRecords, database: DatabaseServer, logger: Logger
    ) async throws -> Int32 {
        var record = record
        record.isFinished = true
        guard case .ranked(let report) = outcome else {
            try await database.dropDatabase(record.database, logger: logger)
            try records.remove(record)
            return 0
        }
        if let path = settings.output.report {
            try OutputFile.write(ReportPage(report: report).text(), to: path)
            tell(language: "Report: \(path)", "Rapport: \(path)")
        }
        if settings.output.json {
            StandardOutput.write(report.json.text())
        } else if !settings.output.quiet {
            StandardOutput.write("\n" + ResultTable(report: report, capabilities: outputTerminal).text() + "\n")
            StandardOutput.write(ResultSummary(report: report, capabilities: outputTerminal).text())
        }
        try records.save(record)
        try await forgetOldRuns(records, database: database, logger: logger)
        return report.stop.reason == .judgeFailed ? 69 : 0
    }

    private func forgetOldRuns(_ records: RunRecords, database: DatabaseServer, logger: Logger) async throws {
        for old in try records.all().filter(\.isFinished).dropFirst(RunRecords.finishedKept) {
            try await database.dropDatabase(old.database, logger: logger)
            try records.remove(old)
        }
    }

    private func tell(_ text: String) {
        guard !settings.output.quiet else { return }
        StandardError.write(text + "\n")
    }

    private func tell(language english: String, _ swedish: String) {
        tell(settings.language.say(english, swedish))
    }
}

extension ProgressSnapshot {
    init(_ progress: CJV1.AssessmentProgress) {
        self.init(
            judged: Int(progress.judged), expected: progress.expected == 0 ? nil : Int(progress.expected),
            failed: Int(progress.failed), reliability: progress.reliability, target: progress.targetReliability,
            spent: progress.costNanodollars.map(Money.init), simulated: progress.simulated)
    }
}
