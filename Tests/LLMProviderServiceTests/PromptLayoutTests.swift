import Testing

@testable import LLMProviderService

@Suite("Where a prompt is kept in the vendor's cache")
struct PromptLayoutTests {
    private typealias Block = VendorCall.Block
    private static let day = Day(2026, 10, 1)

    private func model(_ name: String = "sonnet") throws -> ModelDescription {
        try #require(ModelManifest.description(of: name, at: LLMProviderConfiguration.test().providers[0]))
    }

    /// A block that is long enough by itself for a model that keeps 512 tokens.
    private func block(
        _ mark: VendorCall.CacheMark, system: Bool = true, varies: Bool = false, bytes: Int = 1024
    ) -> Block {
        Block(isSystem: system, text: String(repeating: "x", count: bytes), cacheMark: mark, varies: varies)
    }

    private func marks(
        _ blocks: [Block], model name: String = "sonnet", overhead: Int = 0, requests: Int64? = nil, interval: Int64 = 0
    ) throws -> [VendorCall.CacheMark] {
        try PromptLayout(
            planning: blocks, for: model(name), overhead: overhead, run: ExpectedRun(requests: requests, interval: interval),
            on: Self.day
        ).blocks.map(\.cacheMark)
    }

    @Test("The system part comes first, and in each part what stays the same")
    func order() throws {
        func named(_ name: String, system: Bool, varies: Bool) -> Block {
            Block(isSystem: system, text: name, cacheMark: .none, varies: varies)
        }
        let blocks = [
            named("essays", system: false, varies: true), named("how to answer", system: false, varies: false),
            named("date", system: true, varies: true), named("rules", system: true, varies: false),
            named("task", system: true, varies: false),
        ]
        let layout = try PromptLayout(planning: blocks, for: try model(), overhead: 0, run: ExpectedRun(), on: Self.day)
        #expect(layout.blocks.map(\.text) == ["rules", "task", "date", "how to answer", "essays"])
    }

    @Test("Nothing is kept that varies, or that stands behind it")
    func varying() throws {
        let blocks = [block(.fiveMinutes), block(.fiveMinutes, varies: true), block(.fiveMinutes, system: false)]
        #expect(try marks(blocks) == [.fiveMinutes, .none, .none])
    }

    @Test("What is shorter than the model keeps is not marked; the tool counts, and so does all that comes before")
    func minimum() throws {
        #expect(try marks([block(.fiveMinutes, bytes: 1023)]) == [.none])
        #expect(try marks([block(.fiveMinutes, bytes: 1024)]) == [.fiveMinutes])
        #expect(try marks([block(.fiveMinutes, bytes: 1023)], overhead: 1) == [.fiveMinutes])
        #expect(try marks([block(.fiveMinutes, bytes: 512), block(.fiveMinutes, bytes: 512)]) == [.none, .fiveMinutes])
        #expect(try marks([block(.fiveMinutes)], model: "claude-haiku-4-5") == [.none])
    }

    @Test("More than four marks are merged: the first three stay, and the last")
    func merged() throws {
        let blocks = Array(repeating: block(.fiveMinutes), count: 6)
        #expect(try marks(blocks) == [.fiveMinutes, .fiveMinutes, .fiveMinutes, .none, .none, .fiveMinutes])
        #expect(try marks(Array(blocks.prefix(4))).allSatisfy { $0 == .fiveMinutes })
    }

    @Test("What is kept for an hour keeps what comes before it, wherever the caller put the two")
    func longFirst() throws {
        #expect(try marks([block(.fiveMinutes), block(.oneHour), block(.fiveMinutes)]) == [.none, .oneHour, .fiveMinutes])
        #expect(try marks([block(.oneHour, system: false), block(.fiveMinutes)]) == [.none, .oneHour])
    }

    @Test("A single text without a mark is sent as it is")
    func single() throws {
        let text = block(.none, system: false)
        let layout = try PromptLayout(
            planning: [text], for: model(), overhead: 0, run: ExpectedRun(requests: 1), on: Self.day)
        #expect(layout.blocks == [text])
    }

    @Test("Nothing is kept for one request, and for five minutes from the second on")
    func economy() throws {
        for wish in [VendorCall.CacheMark.fiveMinutes, .oneHour] {
            #expect(try marks([block(wish)], requests: 1) == [.none])
            #expect(try marks([block(wish)], requests: 2) == [.fiveMinutes])
            #expect(try marks([block(wish)], requests: 1_000_000) == [.fiveMinutes])
        }
    }

    @Test("An hour is chosen for runs so long that they will be held up, where it is wished for")
    func longRuns() throws {
        // With these prices a break costs 2,400 a token and an hour 1,500: 0.625 of a break, thirty-seven and a half minutes.
        let second: Int64 = 1_000_000_000
        #expect(try marks([block(.oneHour)], requests: 2251, interval: second) == [.fiveMinutes])
        #expect(try marks([block(.oneHour)], requests: 2252, interval: second) == [.oneHour])
        #expect(try marks([block(.fiveMinutes)], requests: 2252, interval: second) == [.fiveMinutes])
        #expect(try marks([block(.oneHour)], requests: 1_000_000, interval: .max) == [.none])
        #expect(try marks([block(.oneHour)], interval: second) == [.oneHour], "the wish stands where the length is not known")
    }

    @Test("What requests are too far apart to read is kept for longer, or not at all")
    func farApart() throws {
        let limit = WarmPrefixes.Life.fiveMinutes.rawValue - WarmPrefixes.margin
        #expect(try marks([block(.oneHour)], requests: 3, interval: limit - 1) == [.fiveMinutes])
        #expect(try marks([block(.oneHour)], requests: 3, interval: limit) == [.oneHour])
        #expect(try marks([block(.oneHour)], requests: 2, interval: limit) == [.none])
        #expect(try marks([block(.fiveMinutes)], requests: 3, interval: limit) == [.none])
        let longest = WarmPrefixes.Life.oneHour.rawValue - WarmPrefixes.margin
        #expect(try marks([block(.oneHour)], requests: 3, interval: longest - 1) == [.oneHour])
        #expect(try marks([block(.oneHour)], requests: 3, interval: longest) == [.none])
    }

    @Test("Blocks that vendors refuse are refused before they are sent")
    func checked() {
        func fault(_ blocks: [Block]) -> String? {
            do throws(PromptLayout.Fault) {
                _ = try PromptLayout(checked: blocks)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(
            fault([block(.none, system: false), block(.none)])
                == "block 1 is of the system part and stands behind the user part")
        #expect(fault(Array(repeating: block(.fiveMinutes), count: 4)) == nil)
        #expect(fault(Array(repeating: block(.fiveMinutes), count: 5)) == "5 blocks are marked, more than 4")
        #expect(
            fault([block(.fiveMinutes), block(.oneHour)])
                == "block 1 is kept for an hour, and block 0 before it for five minutes")
        #expect(fault([block(.none, varies: true), block(.oneHour)]) == "block 1 is marked, and block 0 varies")
    }

    @Test("Whatever is wished for, vendors take the layout, nothing is lost, and it costs no more than keeping nothing")
    func property() throws {
        var generator = Seeded(state: 5)
        for name in ["sonnet", "claude-haiku-4-5"] {
            let model = try model(name)
            let prices = try #require(model.prices).tariff(on: Self.day)
            for _ in 0..<2000 {
                let blocks = (0..<Int.random(in: 1...32, using: &generator)).map { _ in
                    block(
                        [.none, .fiveMinutes, .oneHour].randomElement(using: &generator) ?? .none,
                        system: .random(using: &generator), varies: Int.random(in: 0..<8, using: &generator) == 0,
                        bytes: .random(in: 1...3000, using: &generator))
                }
                let requests = Int64.random(in: 1...6, using: &generator)
                let run = ExpectedRun(
                    requests: requests,
                    interval: Int64([0, 60, 1800].randomElement(using: &generator) ?? 0) * 1_000_000_000)
                let layout = try PromptLayout(
                    planning: blocks, for: model, overhead: 300, run: run, on: Self.day)
                #expect(
                    layout.blocks.map { "\($0.isSystem) \($0.text.count)" }.sorted()
                        == blocks.map { "\($0.isSystem) \($0.text.count)" }.sorted())
                var usage = TokenUsage()
                var bytes: Int64 = 300
                var plain: Int64 = 0
                var pending: Int64 = 300
                for block in layout.blocks {
                    bytes += Int64(block.text.count)
                    pending += Int64(block.text.count)
                    if block.cacheMark != .none { #expect(bytes >= Int64(2 * model.minimumCacheableTokens)) }
                    switch block.cacheMark {
                    case .none: continue
                    case .fiveMinutes: usage.cacheWriteFiveMinutes += pending
                    case .oneHour: usage.cacheWriteOneHour += pending
                    }
                    usage.cacheRead += pending * (requests - 1)
                    plain += pending * requests
                    pending = 0
                }
                #expect(prices.bill(for: usage).cost <= plain * prices.input)
            }
        }
    }
}
