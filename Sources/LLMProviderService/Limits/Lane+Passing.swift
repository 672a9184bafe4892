extension Lane {
    /// Why a request whose caller waits for it is not taken on, and for how many nanoseconds.
    enum Obstacle: Sendable, Hashable {
        case stopped(Int64)
        case paced(Int64)
    }

    /// Lets a request wait for its turn whose caller waits for it. It may wait for a place as long as its caller likes, but for the pace no longer
    /// than others that are claimed.
    ///
    /// - Returns: nil where it waits.
    mutating func pass(
        _ item: Item, charge: Charge, prefix: PromptPrefix?, horizon: Int64, at now: Int64
    ) -> Obstacle? {
        guard !isFrozen(at: now) else { return .stopped(pacer.frozenUntil - now) }
        let before = Int64(waitingCount - keptBackCount(at: now))
        let start = max(now, pacer.earliest(pacer.capped(charge))) + spacing(of: usualCharge) * before
        guard start <= now + horizon else { return .paced(start - now) }
        append(item, charge: charge, prefix: prefix)
        return nil
    }
}

extension LaneTable {
    /// Lets a request wait here whose caller waits for it, see ``Lane/pass(_:charge:prefix:horizon:at:)``.
    mutating func pass(
        _ item: Item, charge: Charge, prefix: PromptPrefix?, in id: LaneID, at now: Int64
    ) -> Lane<Item>.Obstacle? {
        open(id, at: now)
        return lanes[id]?.pass(item, charge: charge, prefix: prefix, horizon: horizon, at: now)
    }

    /// Takes waiting requests out of a lane.
    mutating func remove(in id: LaneID, where isMeant: (Item) -> Bool) { lanes[id]?.remove(where: isMeant) }
}
