import Contracts
import Postgres
import Testing
import Wire

@testable import LLMProviderService

@Suite("Taking many requests on together")
struct SubmitManyTests {
    private func submit(_ fixture: ServiceFixture, _ requests: [LLMV1.SubmitRequest]) async throws -> [LLMV1.SubmitAnswer] {
        try await fixture.service.submitMany(
            LLMV1.SubmitManyRequest(submissions: requests.map { LLMV1.Submission(request: $0) }), context: .test
        ).answers
    }

    /// What became of each, in a word.
    private func words(_ answers: [LLMV1.SubmitAnswer]) -> [String] {
        answers.map { answer in
            switch answer.outcome {
            case .response(let response): response.alreadyKnown ? "known" : "taken"
            case .error(let error): StatusCode(rawValue: error.code)?.name ?? "no code"
            case nil: "nothing"
            }
        }
    }

    @Test("answers each in its place: taken on, known, and refused for each reason there is, of which none keeps another back")
    func each() async throws {
        try await withService(configure: { $0.maximumQueuePerTenant = 3 }) { fixture in
            try await fixture.submit(Sample.request("old"))
            try await fixture.setBudget(0, "poor")
            let answers = try await submit(
                fixture,
                [
                    Sample.request("a"), Sample.request("old"), Sample.request("old", text: "Other."),
                    Sample.request("") { $0.blocks = [] },
                    Sample.request("b") { $0.tenant = "poor" }, Sample.request("a"), Sample.request("a", text: "Other."),
                    Sample.request("c") { $0.model = "none" }, Sample.request("d"), Sample.request("e"),
                    Sample.request("f") { $0.tenant = "other" },
                ])
            #expect(
                words(answers) == [
                    "taken", "known", "ALREADY_EXISTS", "INVALID_ARGUMENT", "FAILED_PRECONDITION", "known", "ALREADY_EXISTS",
                    "NOT_FOUND", "taken", "RESOURCE_EXHAUSTED", "taken",
                ])
            guard case .error(let full) = answers[9].outcome else { return #expect(Bool(false), "\(answers[9])") }
            #expect(full.refused && full.retryAfterMilliseconds == 5000)
            #expect(full.message == "the queue holds 3 requests of the tenant and takes no more of them")
            #expect(Set(try await fixture.claim().map(\.id)) == ["old", "a", "d", "f"])
            for id in ["b", "c", "e"] { #expect(try await fixture.store.status(of: id) == nil) }
        }
    }

    @Test("tells of a faulty request what is wrong with it, also where another with its id is taken on beside it")
    func faultyTwin() async throws {
        try await withService { fixture in
            let answers = try await submit(
                fixture, [Sample.request("a") { $0.model = "none" }, Sample.request("a"), Sample.request("b c")])
            #expect(words(answers) == ["NOT_FOUND", "taken", "INVALID_ARGUMENT"])
            #expect(try await fixture.claim().map(\.id) == ["a"])
        }
    }

    @Test("takes as many as its limit and no more, and so many bytes and no more; beyond it nothing is taken on")
    func limits() async throws {
        try await withService { fixture in
            let most = (0..<SubmissionIntake.mostTogether).map { Sample.request("r\($0)") }
            for wrong in [[], most + [Sample.request("more")]] {
                let error = await #expect(throws: RPCError.self) { try await submit(fixture, wrong) }
                #expect(error?.code == .invalidArgument)
                #expect(error?.message == "submissions: expected 1 to 200, got \(wrong.count)")
            }
            #expect(try await fixture.store.status(of: "r0") == nil)
            #expect(words(try await submit(fixture, most)) == [String](repeating: "taken", count: 200))

            func large(_ bytes: Int) throws -> [LLMV1.SubmitRequest] {
                var pair = (0..<2).map { Sample.request("large\($0)", text: String(repeating: "x", count: 1 << 20)) }
                let rest = try bytes - pair.reduce(0) { try $0 + $1.encoded().count }
                pair[0].blocks[1].text += [UInt8](repeating: UInt8(ascii: "x"), count: rest)
                return pair
            }
            let most2 = try large(LLMProvider.mostBytesTogether)
            #expect(try most2.reduce(0) { try $0 + $1.encoded().count } == LLMProvider.mostBytesTogether)
            let over = try large(LLMProvider.mostBytesTogether + 1)
            let error = await #expect(throws: RPCError.self) { try await submit(fixture, over) }
            #expect(error?.message == "submissions: expected at most 3145728 bytes in all, got 3145729")
            #expect(words(try await submit(fixture, most2)) == ["taken", "taken"])
        }
    }

    @Test("of the same ids from many callers at once, in any order, takes each on once")
    func race() async throws {
        try await withService { fixture in
            let ids = (0..<40).map { "r\($0)" }
            let taken = try await withThrowingTaskGroup(of: [String].self) { group in
                for caller in 0..<12 {
                    // Half of them by another process, whose transactions know nothing of these.
                    let service =
                        caller.isMultiple(of: 2) ? fixture.service : fixture.another(before: fixture.vendor, http: fixture.http)
                    group.addTask {
                        let own = ids.shuffled()
                        let request = LLMV1.SubmitManyRequest(
                            submissions: own.map { LLMV1.Submission(request: Sample.request($0)) })
                        let answers = try await service.submitMany(request, context: .test).answers
                        #expect(Set(words(answers)).isSubset(of: ["taken", "known"]))
                        return zip(own, words(answers)).filter { $1 == "taken" }.map(\.0)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.sorted() == ids.sorted())
            #expect(try await fixture.claim(100).count == 40)
        }
    }

    @Test("stops at the budget to the nano-dollar, however many ask for it at once")
    func budget() async throws {
        try await withService { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("r00"))
            try await fixture.setBudget(7 * cost)
            let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                for caller in 0..<4 {
                    group.addTask {
                        let answers = try await submit(fixture, (0..<5).map { Sample.paidOnce("r\(caller)\($0)") })
                        return words(answers).count { $0 == "taken" }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(taken == 7)
            #expect(try await fixture.account().reservedNanodollars == UInt64(7 * cost))
        }
    }

    @Test("keeps the trace and the correlation id of each, and those of the call where one has none")
    func origins() async throws {
        try await withService { fixture in
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let context = ServerContext(
                method: MethodDescriptor(service: "test", method: "Test"),
                metadata: Metadata([("traceparent", trace), ("correlation-id", "call")]), deadline: .after(.seconds(60)),
                peer: "test")
            let answers = try await fixture.service.submitMany(
                LLMV1.SubmitManyRequest(submissions: [
                    LLMV1.Submission(request: Sample.request("a"), correlationID: "own"),
                    LLMV1.Submission(request: Sample.request("b")),
                    LLMV1.Submission(request: Sample.request("c"), correlationID: "not one"),
                ]), context: context
            ).answers
            #expect(words(answers) == ["taken", "taken", "INVALID_ARGUMENT"])
            let claims = try await fixture.claim()
            let origins = Dictionary(uniqueKeysWithValues: claims.map { ($0.id, $0.origin) })
            #expect(origins["a"]?.correlationID == "own" && origins["b"]?.correlationID == "call")
            #expect(origins.values.allSatisfy { $0.traceparent == trace })
        }
    }

    @Test("fails as a whole where the database can't be used, with nothing taken on")
    func storage() async throws {
        try await withService { fixture in
            await fixture.pool.close()
            await #expect(throws: (any Error).self) { try await submit(fixture, [Sample.request("a")]) }
        }
    }
}

@Suite("Requests that come at the same time")
struct SubmissionIntakeTests {
    private func offer(_ id: String) throws -> RequestStore.Offer {
        let request = Sample.request(id)
        return RequestStore.Offer(
            request: request, content: try request.encoded(), origin: try RequestOrigin(Metadata(), request: id), cost: 0,
            isSimulated: true, life: .seconds(1))
    }

    @Test("go together into the next transaction, parties whole, as many as fit, and never more than two transactions at once")
    func together() async throws {
        let isOpen = Shared(false)
        let groups = Shared<[[String]]>([])
        let running = Shared((now: 0, most: 0))
        let intake = SubmissionIntake { offers in
            running.update { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            groups.update { $0.append(offers.map(\.request.requestID)) }
            try await eventually { isOpen.value }
            running.update { $0.now -= 1 }
            return offers.map { _ in .success(.accepted) }
        }
        let parties = [1, 1, 150, 49, 1, 200, 3]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, count) in parties.enumerated() {
                let offers = try (0..<count).map { try offer("\(number)-\($0)") }
                group.addTask {
                    let decisions = try await intake.submit(offers)
                    #expect(decisions.count == offers.count)
                }
                // The order of their coming is what is looked at.
                try await eventually { groups.value.count == min(number + 1, 2) && intake.waitingCount == max(0, number - 1) }
            }
            isOpen.set(true)
            try await group.waitForAll()
        }
        #expect(running.value.most == 2)
        // The third to the fifth fill one; the sixth does not go with others; the last had none to go with.
        #expect(groups.value.map(\.count).sorted() == [1, 1, 3, 200, 200])
    }

    @Test("all learn what their transaction failed with, and the next is made all the same")
    func failure() async throws {
        struct Broken: Error {}
        let calls = Shared(0)
        let intake = SubmissionIntake { offers in
            calls.update { $0 += 1 }
            if offers[0].request.requestID == "bad" { throw Broken() }
            return offers.map { _ in .success(.accepted) }
        }
        let bad = try offer("bad")
        await #expect(throws: Broken.self) { try await intake.submit([bad]) }
        #expect(try await intake.submit([try offer("good")]).count == 1)
        #expect(try await intake.submit([]).isEmpty && calls.value == 2)
    }

    @Test("have their answers where others in their transaction are at fault")
    func fault() async throws {
        struct Broken: Error {}
        let isOpen = Shared(false)
        let taken = Shared(0)
        let intake = SubmissionIntake { offers in
            taken.update { $0 += offers.count }
            try await eventually { isOpen.value }
            if offers.contains(where: { $0.request.requestID == "bad" }) { throw Broken() }
            return offers.map { _ in .success(.accepted) }
        }
        let ids = ["first", "second", "good", "bad", "better"]
        let failed = try await withThrowingTaskGroup(of: String?.self) { group in
            for (number, id) in ids.enumerated() {
                let offer = try offer(id)
                group.addTask {
                    do {
                        _ = try await intake.submit([offer])
                        return nil
                    } catch is Broken {
                        return id
                    }
                }
                // The last three are together because they come after the first two.
                try await eventually { taken.value == min(number + 1, 2) && intake.waitingCount == max(0, number - 1) }
            }
            #expect(intake.waitingCount == 3)
            isOpen.set(true)
            return try await group.reduce(into: [String]()) { if let id = $1 { $0.append(id) } }
        }
        #expect(failed == ["bad"])
    }
}
