import Contracts
import Foundation
import Postgres
import Synchronization
import Testing

@testable import LLMProviderService

/// How a batch is looked for whose handing over has no known end, and asked after later, at a vendor that says strange things.
@Suite("Batches that are looked for", .timeLimit(.minutes(5)))
struct BatchSearchTests {
    /// One of the vendor's batches, with results.
    struct Listed: Sendable {
        var requests = 1
        /// Of the batch that is looked for where it has this name.
        /// Nil where the vendor refuses to give them.
        var results: String? = "\(Self.ours)\n"
        var hasEnded = true
        /// By the vendor's clock, in seconds since 1970; nil for much later than all else.
        var created: Int64?

        /// Stands for a line of the batch that is looked for.
        static let ours = "OURS"
        static let foreign = #"{"custom_id":"0123456789abcdef-1","result":{"type":"expired"}}"#
    }

    /// How long after the call a batch that the vendor does not show is one that it does not have.
    private static let showingTime = BatchConfiguration().showingTime

    /// Runs a test after one look for a batch that was handed over, nobody knows how, at a vendor with these batches.
    ///
    /// - Parameters:
    ///   - sent: how long ago.
    ///   - unclear: how long ago a look first left open what became of it; nil where none was taken.
    ///   - pause: for how long it has been due.
    ///   - isFailing: whether the vendor has no list to show.
    private func look(
        for listed: [Listed], requests: Int = 1, sent: Duration = showingTime, unclear: Duration? = nil, pause: Duration = .zero,
        isFailing: Bool = false,
        then test: (ServiceFixture, Batch) async throws -> Void
    ) async throws {
        let line = Shared("")
        let listing = listed.enumerated().map { number, batch in
            #"{"type":"message_batch","id":"b\#(number)","processing_status":"\#(batch.hasEnded ? "ended" : "in_progress")","#
                + #""created_at":"\#(Self.time(batch.created))","request_counts":{"processing":\#(batch.hasEnded ? 0 : batch.requests),"#
                + #""succeeded":\#(batch.hasEnded ? batch.requests : 0)}}"#
        }.joined(separator: ",")
        try await withService(
            answer: { request in
                guard !isFailing else { return .error(500) }
                let parts = request.head.split(separator: " ")[1].split(separator: "/")
                guard parts.last == "results" else { return .reply(200, body: #"{"data":[\#(listing)],"has_more":false}"#) }
                let batch = listed[Int(parts[parts.count - 2].dropFirst()) ?? 0]
                guard let results = batch.results else { return .error(500) }
                return .reply(200, body: results.replacing(Listed.ours, with: line.value))
            }, configure: { $0.batches = .test() }
        ) { fixture in
            try await fixture.submit([String].requests(requests)) { $0.model = "claude-haiku-4-5" }
            let batch = try await fixture.takeGathered()
            let job = try #require(try await fixture.store.page(of: batch, after: 0, limit: 1).last)
            line.set(#"{"custom_id":"\#(batch.customID(ofJob: job))","result":{"type":"expired"}}"#)
            try await fixture.store.beginSending(batch, requests: requests, patience: .seconds(60))
            try await fixture.pool.execute(
                """
                UPDATE llm_provider.batch SET sent_at = sent_at - make_interval(secs => \(sent / .seconds(1))),
                    unclear_since = now() - make_interval(secs => \(unclear.map { $0 / .seconds(1) }))
                """)
            try await fixture.expireBatchLeases()
            try await fixture.pool.execute(
                "UPDATE llm_provider.batch SET next_at = now() - make_interval(secs => \(pause / .seconds(1)))")
            let again = try #require(try await fixture.store.takeBatch(of: fixture.configuration.providers, for: .seconds(60)))
            try await fixture.batchWorker.advance(again)
            try await test(fixture, again)
        }
    }

    private static func time(_ seconds: Int64?) -> String {
        guard let seconds else { return "2099-01-01T00:00:00Z" }
        return Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    @Test(
        "A vendor whose clock is nearly a day slow is searched as any other, and one a day slow is not", arguments: [true, false])
    func slowClock(isWithinADay: Bool) async throws {
        let sent = Int64(Date.now.timeIntervalSince1970 - Self.showingTime / .seconds(1))
        try await expect(
            isWithinADay ? .submitted : .gathering, for: [Listed(created: sent - 86_400 + (isWithinADay ? 600 : -600))])
    }

    private func expect(_ state: Batch.State, for listed: [Listed], requests: Int = 1) async throws {
        try await look(for: listed, requests: requests) { fixture, _ in
            let (inState, open) = (try await fixture.batches(state), try await fixture.openRequests())
            #expect(inState == 1 && open == requests)
        }
    }

    @Test(
        "Lines that can't be read are passed over until one says whose the results are",
        arguments: ["", "\n\n", "{\n", #"{"custom_id":7}"# + "\n"])
    func damagedBeginning(beginning: String) async throws {
        try await expect(.submitted, for: [Listed(results: beginning + Listed.ours)])
        try await expect(.gathering, for: [Listed(results: beginning + Listed.foreign)])
    }

    @Test("Where no line can be read, nothing is concluded", arguments: ["", "\n", "{\n[]\n", "<html>"])
    func unreadable(results: String) async throws {
        try await expect(.sending, for: [Listed(results: results)])
        try await expect(.gathering, for: [Listed(requests: 2, results: results)])
        // What can be read is, all the same.
        try await expect(.submitted, for: [Listed(results: results), Listed()])
    }

    @Test("A batch as large that is under way may be it, one of another size is not", arguments: [1, 2, 3])
    func underWay(size: Int) async throws {
        try await expect(size == 2 ? .sending : .gathering, for: [Listed(requests: size, hasEnded: false)], requests: 2)
    }

    @Test("What the vendor does not show is not sent again before it would have shown it", arguments: [true, false])
    func early(isShowingTimeOver: Bool) async throws {
        let sent = Self.showingTime - (isShowingTimeOver ? .zero : .seconds(60))
        let state: Batch.State = isShowingTimeOver ? .gathering : .sending
        try await look(for: [], sent: sent) { fixture, _ in
            let inState = try await fixture.batches(state)
            let open = try await fixture.openRequests()
            #expect((inState, open) == (1, 1))
        }
    }

    @Test("Results of another size are not fetched, and such as can't be had are taken for what they may be")
    func candidates() async throws {
        try await expect(.gathering, for: [Listed(requests: 2, results: Listed.ours)])
        try await expect(.sending, for: [Listed(results: nil)])
        try await expect(.submitted, for: [Listed(results: nil), Listed()])
    }

    @Test(
        "After days in which nobody looked, one look that tells nothing ends nothing, nor does a second",
        arguments: [true, false], [true, false])
    func downtime(isFailing: Bool, wasUnclearBefore: Bool) async throws {
        let pause = BatchConfiguration().patience + .seconds(3600)
        let unclear = wasUnclearBefore ? pause + .seconds(60) : nil
        try await look(
            for: [Listed(results: "")], sent: pause + .seconds(3600), unclear: unclear, pause: pause, isFailing: isFailing
        ) { fixture, _ in
            try await fixture.expireBatchLeases()
            let again = try #require(try await fixture.store.takeBatch(of: fixture.configuration.providers, for: .seconds(60)))
            // Before the pause it was unclear for a minute, and of the pause an hour counts.
            let counted = again.unclearFor.map { $0 / .seconds(1) } ?? -1
            let least: Double = wasUnclearBefore ? 3660 : 0
            #expect((least..<least + 30).contains(counted))
            try await fixture.batchWorker.advance(again)
            #expect(try await fixture.batches(.sending) == 1)
            #expect(try await fixture.openRequests() == 1)
        }
    }

    @Test(
        "What is not found out in its time ends, and is not sent again, also where the vendor has no list to show",
        arguments: [true, false], [true, false])
    func givenUp(isInTime: Bool, isFailing: Bool) async throws {
        let patience = BatchConfiguration().patience
        let unclear = patience - (isInTime ? .seconds(60) : .zero)
        try await look(for: [Listed(results: "")], sent: patience, unclear: unclear, isFailing: isFailing) { fixture, _ in
            let inState = try await fixture.batches(isInTime ? .sending : .closed)
            let open = try await fixture.openRequests()
            let failures = try await fixture.events().map { $0.outcome?.failure?.kind }
            #expect(inState == 1 && open == (isInTime ? 1 : 0))
            #expect(failures == (isInTime ? [] : [.unreachable]))
        }
    }

    @Test("A batch that can't be looked at for two days ends, and one that was seen between does not", arguments: [true, false])
    func failingLooks(isSeenBetween: Bool) async throws {
        let word = Shared(Word.failing)
        try await withService(answer: { _ in word.value.answer }, configure: { $0.batches = .test() }) { fixture in
            try await fixture.submit(["r0"]) { $0.model = "claude-haiku-4-5" }
            let batch = try await fixture.takeGathered()
            try await fixture.store.release(batch, as: .submitted, after: .zero, vendorID: "b0")
            func look(_ now: Word, after time: Duration) async throws {
                word.set(now)
                try await self.look(fixture, after: time)
            }
            let patience = fixture.configuration.batches.patience
            try await look(.failing, after: .zero)
            try await look(isSeenBetween ? .underWay : .failing, after: patience - .seconds(60))
            #expect(try await fixture.batches(.submitted) == 1)
            try await look(.failing, after: .seconds(60))
            #expect(try await fixture.batches(isSeenBetween ? .submitted : .closed) == 1)
            #expect(try await fixture.openRequests() == (isSeenBetween ? 1 : 0))
        }
    }

    /// Looks at the only batch once more, as after a time.
    private func look(_ fixture: ServiceFixture, after time: Duration) async throws {
        let seconds = time / .seconds(1)
        try await fixture.pool.execute(
            """
            UPDATE llm_provider.batch SET unclear_since = unclear_since - make_interval(secs => \(seconds)),
                missing_since = missing_since - make_interval(secs => \(seconds))
            """)
        try await fixture.expireBatchLeases()
        let batch = try #require(try await fixture.store.takeBatch(of: fixture.configuration.providers, for: .seconds(60)))
        try await fixture.batchWorker.advance(batch)
    }

    /// What the vendor says of a batch that it took.
    enum Word: Sendable, CaseIterable {
        case underWay, unknown, notFoundElsewhere, failing

        var answer: VendorServer.Answer {
            switch self {
            case .underWay:
                .reply(
                    200,
                    body:
                        #"{"type":"message_batch","id":"b0","processing_status":"in_progress","created_at":"2026-10-01T00:00:00Z"}"#
                )
            case .unknown: .error(404, type: "not_found_error")
            case .notFoundElsewhere: .reply(404, body: "<html>nothing here</html>")
            case .failing: .error(500)
            }
        }
    }

    @Test(
        "That it knows nothing of a batch is believed of the vendor once it has said nothing else for an hour",
        arguments: Word.allCases)
    func missing(between: Word) async throws {
        let word = Shared(Word.unknown)
        try await withService(
            answer: { _ in word.value.answer }, configure: { $0.batches = .test() }
        ) { fixture in
            try await fixture.submit(["r0"]) { $0.model = "claude-haiku-4-5" }
            let batch = try await fixture.takeGathered()
            try await fixture.store.release(batch, as: .submitted, after: .zero, vendorID: "b0")
            let hour = fixture.configuration.batches.missingTime
            func look(_ now: Word, after time: Duration) async throws -> Batch.State {
                word.set(now)
                try await self.look(fixture, after: time)
                return try await fixture.batches(.closed) == 1 ? .closed : .submitted
            }
            #expect(try await look(.unknown, after: .zero) == .submitted)
            #expect(try await look(.unknown, after: hour - .seconds(60)) == .submitted)
            #expect(try await look(between, after: .zero) == .submitted)
            #expect(try await look(.unknown, after: .seconds(60)) == (between == .underWay ? .submitted : .closed))
        }
    }
}
