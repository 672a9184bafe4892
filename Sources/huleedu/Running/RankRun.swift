import Contracts
import Logging
import ServiceKit
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
    /// Nil for a run that stands by itself: its ranking is shown and written.
    var series: RunSeries?

    private static let loopback = Endpoint(host: "127.0.0.1", port: 0)

    var settings: RankSettings { input.settings }
    var records: RunRecords { RunRecords(folder: data.runs) }

    /// What became of an assessment.
    enum Outcome: Sendable {
        case ranked(RankingReport)
        /// Nobody agreed to what it would cost.
        case declined
        /// There is no assessment to continue in the run's database.
        case unknown
    }

    /// Of the log in the data folder.
    static let logLimits = LogFile.Limits(maximumBytes: 8 << 20, kept: 1)

    /// Runs from the beginning, or from where it was, to the end.
    ///
    /// - Returns: the status with which the process ends.
    func run() async throws -> Int32 {
        if let path = settings.output.report { try OutputFile.check(path) }
        if let notice = judge.notice(in: settings.language) { tell(notice) }
        try data.prepare()
        let logger = LineLog.logger("huleedu", file: try LogFile(path: data.log, limits: Self.logLimits))
        tell(language: "Starting the database and the services …", "Startar databasen och tjänsterna …")
        let database = try await DatabaseServer.start(named: settings.output.database, data: data, logger: logger)
        do {
            let status = try await run(on: database, logger: logger)
            await database.stop()
            return status
        } catch {
            logger.error("run ended", metadata: ["reason": "\(error)"])
            await database.stop()
            throw error
        }
    }

    private func run(on database: DatabaseServer, logger: Logger) async throws -> Int32 {
        let fingerprint = input.fingerprint(of: judge)
        let resumable = try records.resumable(
            fingerprint: fingerprint, server: database.mark, seed: settings.seed, series: series?.mark)
        if settings.resume {
            // Of several like runs, the later ones may not have been reached.
            guard !resumable.isEmpty || settings.repetition ?? 1 > 1 else { throw Self.nothingToResume }
            for record in resumable {
                if let status = try await run(record, on: database, logger: logger) { return status }
            }
            if !resumable.isEmpty {
                tell(
                    language: "The run was interrupted before it had begun. Starting it now.",
                    "Körningen avbröts innan den hade börjat. Startar den nu.")
            }
        } else if resumable.first?.isUnfinished == true {
            tell(
                language: "An earlier run over these essays was interrupted; --resume would continue it. Starting anew.",
                "En tidigare körning med samma uppsatser avbröts; --resume fortsätter den. Börjar om.")
        }
        let record = newRecord(fingerprint: fingerprint, server: database.mark)
        try records.save(record)
        guard let status = try await run(record, on: database, logger: logger) else { throw Self.nothingToResume }
        return status
    }

    static let nothingToResume = CommandError(
        .nothingToResume,
        "No run over these essays, with this judge, question and rubric, was found; leave out --resume to start one.")

    private func newRecord(fingerprint: String, server: String) -> RunRecord {
        var generator = SystemRandomNumberGenerator()
        let seed = settings.seed ?? UInt64.random(in: 0...9_999_999, using: &generator)
        let id = "run-" + String(UInt64.random(in: .min ... .max, using: &generator), radix: 36)
        return RunRecord(
            id: id, database: "huleedu_" + id.dropFirst(4), server: server, fingerprint: fingerprint, folder: input.folder.path,
            seed: seed, startedUnixSeconds: WallTime.now.unixSeconds, state: .preparing, series: series?.mark)
    }

    // MARK: - One run

    /// - Returns: nil when there is nothing in the run's database, which is forgotten then.
    private func run(_ record: RunRecord, on database: DatabaseServer, logger: Logger) async throws -> Int32? {
        do {
            if record.state == .preparing {
                try await database.createDatabase(record.database, logger: logger)
            } else if try await !database.hasDatabase(record.database, logger: logger) {
                try records.remove(record)
                return nil
            }
            switch try await outcome(of: record, on: database, logger: logger) {
            case .ranked(let report):
                return try await finish(report, record: record, database: database, logger: logger)
            case .declined:
                await forgetUnlessStarted(record, database: database, logger: logger)
                return 0
            case .unknown:
                try await forget(record, database: database, logger: logger)
                return nil
            case nil:
                if await forgetUnlessStarted(record, database: database, logger: logger) {
                    tell(language: "\nInterrupted. Nothing was started.", "\nAvbrutet. Ingenting startades.")
                } else {
                    tell(
                        language: "\nInterrupted. What was judged is kept: the same command with --resume goes on.",
                        "\nAvbrutet. Det som bedömts finns kvar: samma kommando med --resume fortsätter.")
                }
                return 130
            }
        } catch {
            await forgetUnlessStarted(record, database: database, logger: logger)
            throw error
        }
    }

    /// Runs the services on a run's database for as long as its assessment takes.
    ///
    /// - Returns: nil when a signal asked for an end.
    private func outcome(of record: RunRecord, on database: DatabaseServer, logger: Logger) async throws -> Outcome? {
        let simulation = try await Simulation.start(judge: judge, input: input, seed: record.seed, logger: logger)
        do {
            let assembly = ServiceAssembly(
                connectionString: database.connectionString(database: record.database), isAlone: database.isPrivate,
                requestLife: try RequestLife(environment, default: RequestLife.whileSomebodyWaits),
                callTimeout: try CallTimeout(environment), needsProof: true, logger: logger)
            let provider = try await assembly.llmProvider(
                listen: Self.loopback,
                providers: try ProviderAccess.configurations(environment, simulatedURL: simulation?.url))
            let assessment = try await assembly.cjAssessment(
                listen: Self.loopback,
                provider: Endpoints(Endpoint(host: provider.address.host, port: provider.address.port)))
            let outcome = try await ServiceRun.around([provider.host, assessment.host], logger: logger) {
                try await database.whileThereIsSpace {
                    try await self.assess(record, at: assessment.address, logger: logger)
                }
            }
            await simulation?.stop()
            return outcome
        } catch {
            await simulation?.stop()
            throw error
        }
    }

    func tell(_ text: String) {
        guard !settings.output.quiet else { return }
        StandardError.write(text + "\n")
    }

    func tell(language english: String, _ swedish: String) {
        tell(settings.language.say(english, swedish))
    }
}
