import Contracts
import Testing

@testable import CJAssessmentService

@Suite("How the judge is asked")
struct DispatchChoiceTests {
    private func choice(
        _ wish: DispatchChoice.Wish, percent: UInt32 = 50, comparisons: Int = 100, inFlight: Int = 25, limit: Int64? = nil
    ) throws -> DispatchChoice {
        try DispatchChoice(
            wish, model: "a-model", percent: percent, comparisons: comparisons, inFlight: inFlight, limit: limit)
    }

    @Test("As was asked for, if the judge takes batches")
    func asked() throws {
        #expect(try choice(.immediate) == DispatchChoice(isByBatch: false, reason: "immediately, as was asked for"))
        #expect(try choice(.immediate, percent: 0).isByBatch == false)
        let batch = try choice(.batch, limit: 1)
        #expect(batch.isByBatch)
        #expect(batch.reason == "in batches at 50 % of the price, as was asked for: about 4 rounds of up to an hour each")
        #expect(throws: RequestFault("judge.dispatch", "a-model takes no batches")) { try choice(.batch, percent: 0) }
    }

    @Test(
        "By price and time: the rounds that are expected, an hour each, must fit",
        arguments: [
            (50, 100, 25, nil, true), (50, 100, 25, 14_400, true), (50, 100, 25, 14_399, false), (50, 101, 25, 14_400, false),
            (50, 1, 25, 3600, true), (0, 1, 25, nil, false), (100, 1, 25, nil, false), (99, 1, 25, nil, true),
        ] as [(UInt32, Int, Int, Int64?, Bool)])
    func auto(percent: UInt32, comparisons: Int, inFlight: Int, limit: Int64?, isByBatch: Bool) throws {
        let choice = try choice(.auto, percent: percent, comparisons: comparisons, inFlight: inFlight, limit: limit)
        #expect(choice.isByBatch == isByBatch, "\(choice.reason)")
        #expect(choice.reason.hasPrefix(isByBatch ? "in batches at \(percent) %" : "immediately"))
    }
}

@Suite("Assessments by batch")
struct DispatchRunTests {
    @Test("The judge is asked as was decided at the start, at that price, and the progress says why", arguments: [true, false])
    func run(isByBatch: Bool) async throws {
        try await withService { fixture in
            func change(_ request: inout CJV1.StartAssessmentRequest) {
                request.judge?.dispatch = .auto
                var stopping = request.stopping ?? CJV1.StoppingSettings()
                stopping.maxSeconds = isByBatch ? nil : 60
                request.stopping = stopping
            }
            func estimated(_ request: CJV1.StartAssessmentRequest) async throws -> CJV1.EstimateAssessmentResponse {
                try await fixture.service.estimateAssessment(request, context: .test)
            }
            let estimate = try await estimated(Sample.request(4, change: change))
            let full = try #require(try await estimated(Sample.request(4)).costPerComparisonNanodollars)
            #expect(estimate.dispatch == (isByBatch ? .batch : .immediate))
            let cost = try #require(estimate.costPerComparisonNanodollars)
            #expect(isByBatch ? abs(Int64(full) - 2 * Int64(cost)) <= 1 : cost == full)
            _ = try await fixture.start(4, change: change)
            try await fixture.running { try await eventually { !fixture.provider.requests.isEmpty } }
            #expect(Set(fixture.provider.requests.map(\.dispatch)) == [isByBatch ? .byBatch : .unspecified])
            let progress = try #require(try await fixture.get().progress)
            #expect(progress.dispatch == estimate.dispatch && progress.dispatchReason == estimate.dispatchReason)
            #expect(progress.dispatchReason.hasPrefix(isByBatch ? "in batches at 50 % of the price" : "immediately"))
        }
    }
}
