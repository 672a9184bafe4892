import CJAssessmentService
import CJCore
import Contracts
import Wire

/// The provider service and the judge behind it: takes requests on once, answers them in any order, and keeps a log that is never lost.
struct SimulatedProvider {
    struct Request {
        let id: String
        let assessment: String
        /// Calls that were made for it: each is paid for.
        var paidCalls = 0
        var isAnswered = false
    }

    /// In the order in which they were taken on.
    private(set) var requests: [Request] = []
    private(set) var log: [LLMV1.Result] = []

    /// Requests that wait for the judge.
    var waiting: [Int] { requests.indices.filter { !requests[$0].isAnswered } }

    /// Takes a request on, once.
    mutating func take(_ request: RequestToSubmit) {
        guard !requests.contains(where: { $0.id == request.id }) else { return }
        requests.append(Request(id: request.id, assessment: request.assessment))
    }

    /// Ends those of an assessment's requests that the judge has not been asked yet.
    mutating func withdraw(assessment: String) {
        for index in waiting where requests[index].assessment == assessment && requests[index].paidCalls == 0 {
            end(index, with: .failure(LLMV1.Failure(kind: .cancelled, message: "withdrawn")), cost: 0)
        }
    }

    /// What has become of a request.
    func standing(of request: String) -> RequestStanding {
        guard requests.contains(where: { $0.id == request }) else { return .unknown }
        return log.first { $0.requestID == request }.map { .ended($0) } ?? .underWay
    }

    /// Forgets a request that nobody was asked about yet, as after a database was set back.
    mutating func forget(_ index: Int) {
        if requests[index].paidCalls == 0 { requests.remove(at: index) }
    }

    /// Asks the judge about a request, and writes down what came of it.
    mutating func answer(_ index: Int, using generator: inout SplitMix64, troubles: Troubles) {
        requests[index].paidCalls += 1
        switch Double.random(in: 0..<1, using: &generator) {
        case ..<troubles.garbage: end(index, with: .reply(LLMV1.Reply(json: Array("{}".utf8))), cost: 900)
        case ..<(troubles.garbage + troubles.refusal):
            end(index, with: .failure(LLMV1.Failure(kind: .invalidRequest, message: "refused")), cost: 0)
        case ..<(troubles.garbage + troubles.refusal + troubles.ruin):
            end(index, with: .failure(LLMV1.Failure(kind: .authentication, message: "the key is wrong")), cost: 0)
        default:
            let winner = ["first", "second", "undecided"][Int.random(in: 0..<21, using: &generator) / 10]
            let margin = winner == "undecided" ? "none" : Bool.random(using: &generator) ? "slight" : "clear"
            let verdict =
                #"{"rationale": "as simulated", "winner": "\#(winner)", "margin": "\#(margin)", "confidence": 3}"#
            end(index, with: .reply(LLMV1.Reply(json: Array(verdict.utf8))), cost: 1000)
        }
    }

    private mutating func end(_ index: Int, with outcome: LLMV1.Result.Outcome, cost: UInt64) {
        requests[index].isAnswered = true
        log.append(
            LLMV1.Result(
                requestID: requests[index].id, owner: requests[index].assessment, outcome: outcome, model: "simulated",
                attempts: UInt32(requests[index].paidCalls), costNanodollars: cost))
    }
}

/// How often what goes wrong, as shares of one.
struct Troubles {
    var garbage = 0.0
    var refusal = 0.0
    var ruin = 0.0
    /// Of each step between two calls of the database: the process dies there.
    var death = 0.0
    /// Of each commit: the connection is lost, before the commit took effect or after.
    var loss = 0.0
    /// Of each request that waits for the judge: it is forgotten.
    var amnesia = 0.0
    /// Every fifth comparison is one that the provider service never takes on.
    var refusesSome = false
    /// Of each hand-over: it fails, before it was taken on or after.
    var handOver = 0.0
}

/// The way from a process to the provider service.
struct SimulatedRequestTaker: RequestTaker {
    let process: SimulatedProcess

    func submit(_ request: RequestToSubmit) async throws {
        let world = process.world
        try await process.step(.between)
        if world.happens(world.troubles.handOver) {
            process.note("hands \(request.id) over in vain")
            throw RPCError(.resourceExhausted, "too many", isRefused: world.happens(0.5))
        }
        // What is refused for good is refused each time.
        if world.troubles.refusesSome, request.comparison.isMultiple(of: 5) {
            throw RPCError(.invalidArgument, "this one never")
        }
        world.provider.take(request)
        process.note("has handed \(request.id) over")
        try await process.step(.between)
        if world.happens(world.troubles.handOver) { throw RPCError(.unavailable, "the connection was lost") }
    }

    func standing(of request: String) async throws -> RequestStanding {
        try await process.step(.between)
        return process.world.provider.standing(of: request)
    }

    func withdraw(assessment: String) async throws {
        try await process.step(.between)
        process.world.provider.withdraw(assessment: assessment)
        process.note("has what is left of \(assessment) withdrawn")
        try await process.step(.between)
    }
}
