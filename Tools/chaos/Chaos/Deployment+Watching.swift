import Postgres

/// What a drill found to be wrong.
public struct DrillError: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) {
        self.description = description
    }
}

extension Deployment {
    /// After this long without what a drill waits for the system is taken to hang.
    static let patience: Duration = .seconds(90)

    /// Judgements stored so far.
    public func judgements() async throws -> Int {
        try await acrossRestarts { try await $0.query("SELECT count(*) FROM cj.judgement")[0].decode(Int.self) }
    }

    /// Waits until one more judgement has been stored.
    func waitForJudgement(after known: Int, since event: String) async throws {
        try await wait(for: "no judgement was stored for \(Self.patience) after \(event)") { try await judgements() > known }
    }

    /// Waits until a condition holds.
    func wait(for fault: String, until condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + Self.patience
        while try await !condition() {
            guard ContinuousClock.now < end else {
                let outputs = Service.allCases.map { "\($0.rawValue): \(output(of: $0).suffix(2000))" }
                throw DrillError(description: fault + "\n" + outputs.joined(separator: "\n"))
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// - Throws: ``DrillError`` that names the rules which are broken.
    func checkInvariants(isAtRest: Bool, after event: String = "the drill") async throws {
        let violations = try await acrossRestarts { try await Invariants.violations(in: $0, isAtRest: isAtRest) }
        guard violations.isEmpty else {
            throw DrillError(description: "after \(event):\n" + violations.map(\.description).joined(separator: "\n"))
        }
    }

    /// - Throws: ``DrillError`` when a service has ended.
    func checkThatServicesRun(after event: String) throws {
        for service in Service.allCases where !isRunning(service) {
            throw DrillError(description: "\(service.rawValue) ended after \(event): \(output(of: service).suffix(2000))")
        }
    }

    /// What the provider answered, against what is stored.
    func accounts() async throws -> Accounts {
        let answers = try ledger.answers
        let judgements = try await judgements()
        guard answers.count >= judgements else {
            throw DrillError(
                description: "\(judgements) judgements are stored, but only \(answers.count) comparisons were answered")
        }
        let calls = answers.values.reduce(0, +)
        return Accounts(judgements: judgements, answeredCalls: calls, repeatedCalls: calls - answers.count)
    }

    /// Asks the database until it can answer.
    func acrossRestarts<Answer>(_ ask: (Pool) async throws -> Answer) async throws -> Answer {
        while true {
            do {
                return try await ask(pool)
            } catch let error as PostgresError where error.mayPass {
                try Task.checkCancellation()
            }
        }
    }
}

/// Calls and judgements at the end of a drill.
public struct Accounts: Sendable, Codable, Hashable {
    public let judgements: Int
    public let answeredCalls: Int
    /// Calls that were answered again, because something went wrong between an answer and its storing.
    public let repeatedCalls: Int

    enum CodingKeys: String, CodingKey {
        case judgements
        case answeredCalls = "answered_calls"
        case repeatedCalls = "repeated_calls"
    }
}
