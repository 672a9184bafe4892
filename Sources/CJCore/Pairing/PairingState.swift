/// All that a pairing strategy may look at: what has been judged, what is with the judge, and the scale so far.
public struct PairingState: Sendable {
    /// What is being ranked.
    public let items: [Item.ID]
    /// The scale of the judgements so far; nothing before the first.
    public let scale: Scale?
    /// What has been judged, each comparison as often as it was; in any order.
    public let judged: [Comparison]
    /// Comparisons that a judge has been given and has not answered. They count as if they were judged, but for their outcome.
    public let inFlight: [Comparison]
    /// Pairs that must not be chosen (again), for instance because the judge failed on them for good.
    public let excluded: Set<Pair>

    /// Items of known grade, which every other item is to meet early.
    public let anchors: Set<Item.ID>

    /// Describes the state of an assessment; comparisons of items that are not among `items` are left out of account.
    public init(
        items: [Item.ID], scale: Scale?, judged: [Comparison], inFlight: [Comparison] = [], excluded: Set<Pair> = [],
        anchors: Set<Item.ID> = []
    ) {
        self.items = items
        self.scale = scale
        self.judged = judged
        self.inFlight = inFlight
        self.excluded = excluded
        self.anchors = anchors
    }

    /// Describes the state of an assessment from its judgements.
    public init(
        items: [Item.ID], scale: Scale?, judgements: [Judgement], inFlight: [Comparison] = [], excluded: Set<Pair> = [],
        anchors: Set<Item.ID> = []
    ) {
        self.init(
            items: items, scale: scale, judged: judgements.map(\.comparison), inFlight: inFlight, excluded: excluded,
            anchors: anchors)
    }

    /// Comparisons that may still be started when a pair may be judged so often at most.
    public func comparisonsLeft(maximumJudgementsPerPair: Int) -> Int {
        PairingBoard(state: self, maximumJudgementsPerPair: maximumJudgementsPerPair).comparisonsLeft
    }
}
