import Testing

@testable import LLMProviderService

@Suite("Warming up, whatever happens")
struct WarmUpPropertyTests {
    private static let second: Int64 = 1_000_000_000
    private static let patience = 30 * second

    /// A lane, and what it should do, found out in another way: from the list of all that was ever sent.
    private struct Model {
        struct Sent {
            let prefix: PromptPrefix
            let reservation: Pacer.Reservation
            /// Nil while it is under way.
            var answeredAt: Int64?
            var hasFailed = false
        }

        var lane = Lane<PromptPrefix>(
            pacer: Pacer(limits: PerDimension(all: nil), now: 0), concurrency: ConcurrencyLimit(maximum: 1000),
            prefixes: WarmPrefixes(patience: patience), now: 0)
        var sent: [Sent] = []
        var now: Int64 = 0

        var underWay: [Int] { sent.indices.filter { sent[$0].answeredAt == nil && !sent[$0].hasFailed } }

        func isWarm(_ prefix: PromptPrefix) -> Bool {
            sent.contains {
                $0.prefix == prefix && $0.answeredAt != nil && $0.reservation.at + 285 * second > now
            }
        }

        /// Requests under way that nobody could know to be in vain, with a beginning that is not known to be there.
        func leaders(of prefix: PromptPrefix) -> Int {
            isWarm(prefix)
                ? 0
                : underWay.count { sent[$0].prefix == prefix && sent[$0].reservation.at + patience > now && isLeader($0) }
        }

        /// Whether the beginning was cold when it was sent.
        func isLeader(_ index: Int) -> Bool {
            let request = sent[index]
            return !sent.contains {
                $0.prefix == request.prefix && ($0.answeredAt ?? .max) <= request.reservation.at
                    && $0.reservation.at + 285 * second > request.reservation.at
            }
        }

        mutating func sendAll() {
            while let next = lane.next(at: now).sent {
                let prefix = next.0
                #expect(isWarm(prefix) || leaders(of: prefix) == 0, "two lead")
                sent.append(Sent(prefix: prefix, reservation: next.1))
            }
        }

        mutating func end(_ index: Int, _ ending: Lane<PromptPrefix>.Ending) {
            if ending == .answered { sent[index].answeredAt = now } else { sent[index].hasFailed = true }
            lane.finish(
                sent[index].reservation, ending, prefix: sent[index].prefix,
                usage: ending == .answered ? TokenUsage(input: 1, cacheWriteFiveMinutes: 1000) : TokenUsage(), charge: nil,
                report: LimitReport(), at: now)
        }
    }

    @Test("No two requests ever lead one cold beginning, and none waits for what will not come", arguments: UInt64(1)...4)
    func schedules(seed: UInt64) {
        var generator = Seeded(state: seed)
        for _ in 0..<300 {
            var model = Model()
            let prefixes = (0..<Int.random(in: 1...4, using: &generator)).map { PromptPrefix(digest: $0, countsReads: false) }
            for _ in 0..<80 {
                switch Int.random(in: 0..<10, using: &generator) {
                case 0..<4:
                    let prefix = prefixes[Int.random(in: 0..<prefixes.count, using: &generator)]
                    _ = model.lane.enter(
                        prefix, charge: Charge(inputTokens: 2000, outputTokens: 1), prefix: prefix, horizon: Self.second,
                        at: model.now)
                case 4..<6:
                    model.sendAll()
                case 6..<8:
                    guard let index = model.underWay.randomElement(using: &generator) else { continue }
                    let endings: [Lane<PromptPrefix>.Ending] = [
                        .answered, .failed, .unsent, .refused(for: 0), .overloaded(pause: nil),
                    ]
                    model.end(index, endings.randomElement(using: &generator) ?? .failed)
                case 8:
                    // A turn is lost, or the service ends: what waits is taken away, what is under way goes on.
                    if Int.random(in: 0..<8, using: &generator) == 0 { _ = model.lane.removeWaiting() }
                default:
                    let steps = [1, Self.second, Self.patience, 100 * Self.second]
                    model.now += steps.randomElement(using: &generator) ?? 1
                }
            }
            // From here on nothing is answered that was under way, and what is sent is answered at once.
            let lost = model.underWay.count
            for _ in 0...lost + prefixes.count where model.lane.waitingCount > 0 {
                let before = model.sent.count
                model.sendAll()
                for index in before..<model.sent.count { model.end(index, .answered) }
                model.sendAll()
                if model.lane.waitingCount > 0 {
                    guard let again = model.lane.next(at: model.now).again else { break }
                    #expect(again > model.now && again <= model.now + Self.patience)
                    model.now = again
                }
            }
            #expect(model.lane.waitingCount == 0, "\(model.lane.waitingCount) are stranded")
        }
    }
}
