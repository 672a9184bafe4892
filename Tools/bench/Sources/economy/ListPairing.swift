import CJCore

/// Every pair once in the order of a list, as the first HuleEdu began: the first item with all others, then the second, and so on; order by
/// a coin.
struct ListPairing: PairingStrategy {
    let maximumJudgementsPerPair = 1

    func nextComparisons(
        _ count: Int, state: PairingState, using generator: inout some RandomNumberGenerator
    ) -> [Comparison] {
        let known = Set((state.judged + state.inFlight).map { Set([$0.first, $0.second]) })
        var chosen: [Comparison] = []
        for (place, one) in state.items.enumerated() {
            for other in state.items[(place + 1)...] where !known.contains([one, other]) {
                guard chosen.count < count else { return chosen }
                let isSwapped = Bool.random(using: &generator)
                // Two items of a list differ.
                if let pair = try? Comparison(first: isSwapped ? other : one, second: isSwapped ? one : other) {
                    chosen.append(pair)
                }
            }
        }
        return chosen
    }
}
