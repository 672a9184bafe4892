import Logging

extension RankRun {
    /// Hands a ranking over; the run counts as finished once that has been done.
    func finish(
        _ report: RankingReport, record: RunRecord, database: DatabaseServer, logger: Logger
    ) async throws -> Int32 {
        if let series { series.take(report) } else { try show(report) }
        let isInVain = !report.comparisons.contains { $0.winner != nil }
        let hasFailed =
            switch report.stop.reason {
            case .judgeFailed, .blindJudge: true
            // The failure is the refusal of a budget that the provider service keeps.
            case .moneyBudget: isInVain && !report.stop.failure.isEmpty
            case .converged, .comparisonBudget, .pairsExhausted, .timeLimit, .cancelled: false
            }
        if hasFailed, isInVain {
            // There is nothing to go on from, and an earlier run with something in it must not be hidden by this one.
            try await forget(record, database: database, logger: logger)
            return 69
        }
        var record = record
        record.state = hasFailed ? .failed : .finished
        try records.save(record)
        if report.stop.reason == .judgeFailed {
            tell(
                language: "Once the judge can be reached again, the same command with --resume goes on from here.",
                "När domaren kan nås igen fortsätter samma kommando med --resume härifrån.")
        }
        try await forgetOldRuns(database: database, logger: logger)
        return hasFailed ? 69 : 0
    }

    private func show(_ report: RankingReport) throws {
        if let path = settings.output.report {
            try OutputFile.write(ReportPage(report: report).text(), to: path)
            tell(language: "Report: \(path)", "Rapport: \(path)")
        }
        if settings.output.json {
            try StandardOutput.write(report.json.text())
        } else if !settings.output.quiet {
            try StandardOutput.write("\n" + ResultTable(report: report, capabilities: outputTerminal).text() + "\n")
            try StandardOutput.write(ResultSummary(report: report, capabilities: outputTerminal).text())
        }
    }

    // MARK: - Forgetting

    func forget(_ record: RunRecord, database: DatabaseServer, logger: Logger) async throws {
        try await database.dropDatabase(record.database, logger: logger)
        try records.remove(record)
    }

    /// Drops a run of which nothing has been asked of any judge.
    ///
    /// - Returns: false when it has been started.
    @discardableResult
    func forgetUnlessStarted(_ record: RunRecord, database: DatabaseServer, logger: Logger) async -> Bool {
        do {
            guard let written = try records.find(record.id), written.state == .preparing else { return false }
            try await forget(written, database: database, logger: logger)
        } catch {
            // Its record stays and is dropped with the old ones; what ends the run now is more important to tell.
            logger.warning("run not forgotten yet", metadata: ["run": "\(record.id)", "reason": "\(error)"])
        }
        return true
    }

    private func forgetOldRuns(database: DatabaseServer, logger: Logger) async throws {
        let ours = try records.all().filter { $0.server == database.mark }
        for old in RunRecords.forgettable(ours, now: WallTime.now.unixSeconds, policy: RunRetention()) {
            try await forget(old, database: database, logger: logger)
        }
    }
}
