import Wire

/// What is wrong with a request, and where: the field as a path, and what was expected of it.
struct RequestFault: Error, Sendable, Hashable {
    let field: String
    let expectation: String

    init(_ field: String, _ expectation: String) {
        self.field = field
        self.expectation = expectation
    }

    var rpcError: RPCError { RPCError(.invalidArgument, "\(field): \(expectation)") }
}
