/// How many requests may have no end yet.
struct QueueBounds: Sendable, Hashable {
    let total: Int64
    let perTenant: Int64

    /// There is no room for a request.
    enum Full: Error, Sendable, Hashable {
        case total(Int64)
        case tenant(Int64)
    }

    /// It takes more than a look to know whether there is room: those who take requests on have to do so one after the other.
    struct CloseToFull: Error {}

    /// Requests that may be taken on at the same moment without knowing of each other: as many as twenty-five processes have in their
    /// hands at most, see ``SubmissionIntake``.
    static let mostAtOnce: Int64 = 10_000

    /// Refuses a request that there is no room for.
    ///
    /// - Parameters:
    ///   - waiting: requests without an end, of all and of the tenant.
    ///   - isAlone: whether nobody takes requests on meanwhile.
    /// - Throws: ``Full``; ``CloseToFull`` where others may be taking the last places.
    func check(_ waiting: (total: Int64, tenant: Int64), isAlone: Bool) throws {
        guard waiting.total < total else { throw Full.total(total) }
        guard waiting.tenant < perTenant else { throw Full.tenant(perTenant) }
        guard !isAlone else { return }
        guard waiting.total < total - Self.mostAtOnce, waiting.tenant < perTenant - Self.mostAtOnce else {
            throw CloseToFull()
        }
    }
}
