import Testing

@testable import Postgres

@Suite("What becomes of an error the server reports")
struct SQLStatePolicyTests {
    @Test(
        "Each SQLSTATE has its code, and only what has passed by itself is run again",
        arguments: [
            ("40001", PostgresError.Code.serializationFailure, true), ("40P01", .deadlock, true), ("55P03", .lockTimeout, true),
            ("57014", .statementTimeout, true), ("26000", .stalePreparedStatement, true), ("57P01", .connectionLost, true),
            ("57P02", .connectionLost, true), ("57P03", .connectionLost, true), ("57P05", .connectionLost, true),
            ("25P03", .connectionLost, true), ("08006", .connectionLost, true), ("08P01", .connectionLost, true),
            ("23505", .uniqueViolation, false), ("23P01", .uniqueViolation, false), ("23503", .constraintViolation, false),
            ("23502", .constraintViolation, false), ("23514", .constraintViolation, false), ("22012", .invalidValue, false),
            ("22021", .invalidValue, false), ("21000", .invalidValue, false), ("42601", .invalidStatement, false),
            ("42P01", .invalidStatement, false), ("42501", .invalidStatement, false), ("0A000", .invalidStatement, false),
            ("25P02", .invalidStatement, false), ("3F000", .invalidStatement, false), ("53100", .diskFull, false),
            ("53200", .resourcesExhausted, false), ("53300", .resourcesExhausted, false), ("54001", .resourcesExhausted, false),
            ("XX000", .serverError, false), ("P0001", .serverError, false), ("58030", .serverError, false),
        ])
    func table(state: String, code: PostgresError.Code, isRerun: Bool) {
        let report = ServerReport(severity: .error, sqlState: SQLState(rawValue: state), message: "m", constraint: nil)
        let error = report.error(outcome: .rolledBack)
        #expect(error.code == code && error.sqlState?.rawValue == state)
        #expect((RerunPolicy().delay(after: error, tries: 1, jitter: 1) != nil) == isRerun)
        #expect(
            RerunPolicy().delay(after: error.with(outcome: .inDoubt), tries: 1, jitter: 1) == nil, "in doubt is never repeated")
    }

    @Test("An error that ends the session is a lost connection whatever its code")
    func fatal() {
        for severity in [ServerReport.Severity.fatal, .panic] {
            let report = ServerReport(severity: severity, sqlState: "53100", message: "m", constraint: nil)
            #expect(report.error(outcome: .inDoubt).code == .connectionLost)
        }
        #expect(
            ServerReport(severity: .error, sqlState: nil, message: "m", constraint: nil).error(outcome: .inDoubt).code
                == .serverError)
    }

    @Test(
        "Only a refusal of user or database makes connecting hopeless",
        arguments: [
            ("28P01", PostgresError.Code.connectionRefused), ("28000", .connectionRefused), ("3D000", .connectionRefused),
            ("42501", .connectionRefused), ("22023", .connectionRefused), ("57P03", .connectionFailed),
            ("53300", .connectionFailed),
            ("XX000", .connectionFailed),
        ])
    func connecting(state: String, code: PostgresError.Code) {
        let report = ServerReport(severity: .fatal, sqlState: SQLState(rawValue: state), message: "m", constraint: nil)
        #expect(report.connectError.code == code && report.connectError.outcome == .notSent)
    }

    @Test(
        "Runs end at their limits: the last is granted, one more is not",
        arguments: [
            (PostgresError.Code.serializationFailure, 8), (.deadlock, 8), (.connectionLost, 8), (.stalePreparedStatement, 8),
            (.lockTimeout, 3), (.statementTimeout, 3),
        ])
    func limits(code: PostgresError.Code, runs: Int) {
        let error = PostgresError(code, "m", outcome: .rolledBack)
        #expect(RerunPolicy().delay(after: error, tries: runs - 1, jitter: 1) != nil)
        #expect(RerunPolicy().delay(after: error, tries: runs, jitter: 1) == nil)
    }

    @Test("A transaction that lies idle too long is given three runs, not eight")
    func idle() {
        let error = PostgresError(.connectionLost, "m", sqlState: .idleInTransactionTimeout, outcome: .rolledBack)
        #expect(RerunPolicy().delay(after: error, tries: 2, jitter: 1) != nil)
        #expect(RerunPolicy().delay(after: error, tries: 3, jitter: 1) == nil)
    }

    @Test("Delays double up to their bound and are drawn from zero on")
    func delays() {
        let conflict = PostgresError(.deadlock, "m", outcome: .rolledBack)
        let lost = PostgresError(.connectionLost, "m", outcome: .rolledBack)
        var policy = RerunPolicy()
        policy.maxTries = 100
        let conflicts = [1, 2, 6, 7, 50].map { policy.delay(after: conflict, tries: $0, jitter: 1) }
        #expect(conflicts == [.milliseconds(4), .milliseconds(8), .milliseconds(128), .milliseconds(200), .milliseconds(200)])
        let losses = [1, 6, 7, 50].map { policy.delay(after: lost, tries: $0, jitter: 1) }
        #expect(losses == [100, 500, 500, 500].map { .milliseconds($0) })
        #expect(policy.delay(after: conflict, tries: 3, jitter: 0) == .zero)
    }

    @Test("What may pass by itself is what a server, a lock or room was missing for, and nothing that is wrong")
    func passing() {
        let codes = PostgresError.Code.allCases.filter { PostgresError($0, "m", outcome: .rolledBack).mayPass }
        #expect(
            Set(codes) == [
                .connectionFailed, .connectionLost, .acquireTimedOut, .tooManyWaiters, .serializationFailure, .deadlock,
                .lockTimeout, .statementTimeout, .stalePreparedStatement, .diskFull, .resourcesExhausted,
            ])
    }

    @Test("Codes that are no server's report are never run again")
    func others() {
        let rerun: Set<PostgresError.Code> = [
            .serializationFailure, .deadlock, .stalePreparedStatement, .lockTimeout, .statementTimeout, .connectionLost,
        ]
        for code in PostgresError.Code.allCases where !rerun.contains(code) {
            #expect(
                RerunPolicy().delay(after: PostgresError(code, "m", outcome: .notSent), tries: 1, jitter: 1) == nil, "\(code)")
        }
    }
}
