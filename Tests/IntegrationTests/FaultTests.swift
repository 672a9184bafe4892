import Chaos
import ChaosProxy
import Logging
import Postgres
import PostgresTestSupport
import Testing

@Suite("Services under faults", .serialized, .timeLimit(.minutes(10)))
struct FaultTests {
    @Test("take nothing from a process that was stopped for longer than its leases, and lose nothing")
    func zombies() async throws {
        let scratch = try Scratch()
        let report = try await ZombieDrill.run(
            stops: 2, leaseSeconds: 2, seed: 3, folder: scratch.path, logger: .silent
        ) { _ in }
        #expect(report.staleAnswers > 0, "a provider service that goes on has answers to requests of others")
        #expect(report.accounts.judgements == 20 * report.assessments)
    }

    @Test("do nothing twice and lose nothing when their commits are in doubt")
    func commits() async throws {
        let scratch = try Scratch()
        let report = try await CommitDrill.run(
            cuts: 15, seed: 3, leaseSeconds: 2, folder: scratch.path, logger: .silent
        ) { _ in }
        #expect(report.cuts.count == 3 && report.cuts.values.reduce(0, +) == 15)
        #expect(report.accounts.judgements == 20 * report.assessments)
    }

    @Test("account for every call to a provider that goes wrong in every way, and report what failed")
    func provider() async throws {
        let scratch = try Scratch()
        let report = try await ProviderDrill.run(assessments: 8, replays: 3, folder: scratch.path, logger: .silent) { _ in }
        #expect(report.calls > report.requests && report.failed > 0 && report.outOfMoney > 0)
    }

    @Test("outlive the ends of all their sessions, of one process behind a session, and of the server at once")
    func sessions() async throws {
        var options = KillDrill.Options()
        options.serviceKills = 0
        options.serverKills = 0
        options.immediateStops = 1
        options.backendKills = 2
        options.storms = 2
        options.leaseSeconds = 2
        options.assessmentsAtOnce = 3
        let scratch = try Scratch()
        let report = try await KillDrill.run(options, folder: scratch.path, logger: .silent) { _ in }
        #expect(report.listening.count == 5)
        #expect(report.judgements == 20 * report.assessments)
    }

    @Test("go on while somebody holds an old snapshot of their database")
    func snapshot() async throws {
        let scratch = try Scratch()
        let report = try await SnapshotDrill.run(rounds: 1, roundSeconds: 1, folder: scratch.path, logger: .silent) { _ in }
        #expect(report.free > 0 && report.held > 0)
        #expect(report.accounts.judgements == 20 * report.assessments)
    }

    @Test(
        "go by the database's clock, whatever their own says",
        .enabled(if: ClockDrill.isAvailable, "Debian's package 'faketime' is not installed"))
    func clocks() async throws {
        let scratch = try Scratch()
        let report = try await ClockDrill.run(jumps: 1, folder: scratch.path, logger: .silent) { _ in }
        #expect(report.accounts.judgements == 20 * report.assessments && report.columns >= 10)
        #expect(report.hours.values.contains { $0.contains(1) } && report.hours.values.contains { $0.contains(-1) })
    }
}

@Suite("A connection that is spoilt", .timeLimit(.minutes(5)))
struct LinkTests {
    @Test("is noticed by a pool, which has all its places again when it is sound", arguments: LinkDrill.faults)
    func pools(fault: Fault) async throws {
        let finding = try await LinkProbe.database(
            try await TestCluster.shared.running(), fault: fault, count: 3, silence: (.milliseconds(500), .milliseconds(500)),
            logger: .silent)
        #expect(finding.detection.count == 3 && finding.recovery.count == 3)
    }

    @Test("at a commit leaves it in doubt and never runs the work again; before one it runs again", arguments: [40])
    func doubt(count: Int) async throws {
        let server = try await TestCluster.shared.running()
        let database = try await TestDatabase.make()
        let direct = database.pool(size: 1)
        try await direct.execute("CREATE TABLE effect (id bigint NOT NULL)")
        let commits = CutRule.Trigger()
        let statements = CutRule.Trigger()
        let proxy = try await ChaosProxy.start(
            to: .file(server.runtimeDirectory + "/.s.PGSQL.5432"),
            rules: [
                .statement("COMMIT", trigger: commits),
                .statement("SELECT 'a statement before the commit'", trigger: statements),
            ])
        let pool = Pool(
            PoolConfiguration(connectionString: database.connectionString + " host=127.0.0.1 port=\(proxy.port)", size: 2),
            logger: .silent)
        for id in 0..<count {
            let moment: CutRule.Moment? = id % 4 == 3 ? nil : CutRule.Moment.allCases[id % 4]
            if let moment { commits.arm([moment]) } else { statements.arm([.before]) }
            var runs = 0
            var failure: PostgresError?
            do {
                try await pool.unitOfWork("effect") { unit in
                    runs += 1
                    _ = try await unit.query("SELECT 'a statement before the commit'")
                    unit.send("INSERT INTO effect (id) VALUES (\(Int64(id)))")
                }
            } catch let error as PostgresError {
                failure = error
            }
            let effects = try await direct.query("SELECT count(*) FROM effect WHERE id = \(Int64(id))")[0].decode(Int.self)
            switch moment {
            case .before: #expect(failure?.outcome == .inDoubt && runs == 1 && effects == 0)
            case .after: #expect(failure?.outcome == .inDoubt && runs == 1 && effects <= 1)
            case .reply: #expect(failure?.outcome == .inDoubt && runs == 1 && effects == 1)
            case nil: #expect(failure == nil && runs == 2 && effects == 1)
            }
        }
        #expect(await pool.statistics().reruns == count / 4)
        await pool.close()
        await direct.close()
        await proxy.stop()
    }
}

extension Logger {
    /// For faults that are wanted.
    static var silent: Logger {
        var logger = Logger(label: "drill")
        logger.logLevel = .critical
        return logger
    }
}
