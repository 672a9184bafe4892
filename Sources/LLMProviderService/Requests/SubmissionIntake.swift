/// Takes requests on that come at the same time in the same transaction.
typealias SubmissionIntake = TransactionGroup<RequestStore.Offer, RequestStore.Decision>

extension TransactionGroup where Element == RequestStore.Offer, Answer == RequestStore.Decision {
    /// Requests of one transaction, and so of one call.
    static var mostTogether: Int { 200 }

    /// - Parameter take: takes on what it is given in one transaction, and answers each.
    convenience init(take: @escaping Write) {
        self.init(Limits(together: Self.mostTogether), size: { $0.content.count }, write: take)
    }
}
