package import CJCore
import Synchronization

/// The last scale of each assessment that this process has looked at.
///
/// What is asked of an assessment between two judgements, by decisions, by its end and by everybody who watches it, rests on one estimate.
/// To make it again would give the same, so nothing is lost when it is forgotten with the process.
package final class RecentScales: Sendable {
    /// A pile of essays, or those of it that can be judged.
    private struct Key: Hashable {
        let assessment: String
        let essays: Int
    }

    private struct Entry {
        let items: [Item.ID]
        let judgements: [Judgement]
        let checked: CheckedScale
        /// When it was asked for last, in requests.
        var asked: Int

        /// Numbers that its scale holds, in about: two symmetric matrices, each kept as a whole.
        var size: Int { 2 * items.count * items.count }
    }

    private struct Shelf {
        var entries: [Key: Entry] = [:]
        var requests = 0
        var size = 0
    }

    /// What the service goes by.
    package static let serviceEstimator = ScaleEstimator(settings: .init(centre: .mean))

    let estimator: ScaleEstimator
    private let capacity: Int
    private let shelf = Mutex(Shelf())

    /// - Parameters:
    ///   - estimator: of every scale.
    ///   - capacity: numbers, of eight bytes each, that the scales kept may hold together: twice the square of its number of essays for
    ///     each. The one asked for last is always kept.
    package init(estimator: ScaleEstimator = RecentScales.serviceEstimator, capacity: Int = 8_000_000) {
        self.estimator = estimator
        self.capacity = capacity
    }

    /// Those of which a scale is kept.
    var assessments: Set<String> { shelf.withLock { Set($0.entries.keys.map(\.assessment)) } }

    /// The scale of some of an assessment's essays, as its judgements in the order in which they were made have it.
    func scale(of assessment: String, items: [Item.ID], judgements: [Judgement]) -> CheckedScale {
        let key = Key(assessment: assessment, essays: items.count)
        if let last = entry(key), last.items == items, last.judgements == judgements { return last.checked }
        let checked = estimator.estimateCheckingMargins(items: items, judgements: judgements)
        keep(Entry(items: items, judgements: judgements, checked: checked, asked: 0), as: key)
        return checked
    }

    private func entry(_ key: Key) -> Entry? {
        shelf.withLock { shelf in
            shelf.requests += 1
            shelf.entries[key]?.asked = shelf.requests
            return shelf.entries[key]
        }
    }

    private func keep(_ entry: Entry, as key: Key) {
        shelf.withLock { shelf in
            var entry = entry
            shelf.requests += 1
            entry.asked = shelf.requests
            shelf.size += entry.size - (shelf.entries.updateValue(entry, forKey: key)?.size ?? 0)
            while shelf.size > capacity, shelf.entries.count > 1,
                let oldest = shelf.entries.min(by: { $0.value.asked < $1.value.asked })
            {
                shelf.entries[oldest.key] = nil
                shelf.size -= oldest.value.size
            }
        }
    }
}
