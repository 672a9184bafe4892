/// The blocks of a prompt in the order in which they are sent, with the places up to which the vendor's cache is to keep them.
///
/// There is no other way to a vendor: whatever is sent has been found to be what vendors take.
struct PromptLayout: Sendable, Hashable {
    typealias Block = VendorCall.Block

    /// Cache marks that vendors take in one request.
    static let maximumMarks = 4
    /// More tokens than any tokeniser makes of a byte of prose: what is too short by this is too short.
    static let tokensPerByte = 0.5

    let blocks: [Block]

    /// What is wrong with a list of blocks.
    struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        let description: String
    }

    /// Takes blocks as they are, if vendors do.
    init(checked blocks: [Block]) throws(Fault) {
        if let late = blocks.drop(while: \.isSystem).firstIndex(where: \.isSystem) {
            throw Fault(description: "block \(late) is of the system part and stands behind the user part")
        }
        let marked = blocks.indices.filter { blocks[$0].cacheMark != .none }
        guard marked.count <= Self.maximumMarks else {
            throw Fault(description: "\(marked.count) blocks are marked, more than \(Self.maximumMarks)")
        }
        let firstShort = marked.first { blocks[$0].cacheMark == .fiveMinutes } ?? blocks.endIndex
        if let late = marked.first(where: { $0 > firstShort && blocks[$0].cacheMark == .oneHour }) {
            throw Fault(description: "block \(late) is kept for an hour, and block \(firstShort) before it for five minutes")
        }
        let firstVarying = blocks.firstIndex(where: \.varies) ?? blocks.endIndex
        if let late = marked.first(where: { $0 >= firstVarying }) {
            throw Fault(description: "block \(late) is marked, and block \(firstVarying) varies")
        }
        self.blocks = blocks
    }

    /// Puts blocks in order and follows the wishes for marks as far as vendors take them and they pay.
    ///
    /// - Parameters:
    ///   - wishes: the blocks with the marks that were asked for.
    ///   - overhead: bytes that the vendor reads before the first block, such as the tool.
    ///   - run: of the requests with the same beginning.
    ///   - day: of whose prices they are to pay.
    init(
        planning wishes: [Block], for model: ModelDescription, overhead: Int, run: ExpectedRun, on day: Day
    ) throws(Fault) {
        let system = wishes.filter(\.isSystem)
        let user = wishes.filter { !$0.isSystem }
        let ordered = [system, user].flatMap { part in part.filter { !$0.varies } + part.filter(\.varies) }
        var marks = Self.worthwhile(ordered, model: model, overhead: overhead)
        // What is kept for long keeps what comes before it as well.
        if let lastLong = marks.indices.last(where: { marks[$0] == .oneHour }) {
            for place in 0..<lastLong where marks[place] == .fiveMinutes { marks[place] = .none }
        }
        if let tariff = model.prices?.tariff(on: day) { marks = marks.map { run.cheapest(upTo: $0, by: tariff) } }
        // The shortest beginnings are shared with the most requests; the longest saves the most in each.
        for place in marks.indices.filter({ marks[$0] != .none }).dropFirst(Self.maximumMarks - 1).dropLast() {
            marks[place] = .none
        }
        try self.init(checked: zip(ordered, marks).map { $0.marked($1) })
    }

    /// The wishes without those that the vendor would pass over, or that no other request could read.
    private static func worthwhile(
        _ blocks: [Block], model: ModelDescription, overhead: Int
    ) -> [VendorCall.CacheMark] {
        var bytes = overhead
        var isStatic = model.minimumCacheableTokens > 0
        return blocks.map { block in
            bytes += block.text.utf8.count
            isStatic = isStatic && !block.varies
            let isLong = Double(bytes) * tokensPerByte >= Double(model.minimumCacheableTokens)
            return isStatic && isLong ? block.cacheMark : .none
        }
    }
}
