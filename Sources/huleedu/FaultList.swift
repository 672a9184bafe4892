/// Faults found in one pass, up to a limit; those beyond it are counted.
struct FaultList: Sendable {
    /// How many faults are listed by default.
    static let defaultLimit = 20

    private var listed: [CommandError] = []
    private var unlisted = 0
    private let limit: Int

    init(limit: Int = FaultList.defaultLimit) {
        self.limit = max(1, limit)
    }

    var isEmpty: Bool { listed.isEmpty }

    mutating func append(_ fault: CommandError) {
        if listed.count < limit {
            listed.append(fault)
        } else {
            unlisted += 1
        }
    }

    /// Throws all that was found as one error, or nothing when nothing was found.
    func throwIfAny() throws(CommandError) {
        guard let first = listed.first else { return }
        throw CommandError(
            first.code, first.message, cause: first.cause, others: Array(listed.dropFirst()), unlisted: unlisted)
    }
}
