import Contracts

/// Who pays for a request: a tenant, and within it the owner on whose behalf it is made.
struct Payer: Sendable, Hashable {
    /// The tenant of requests that name none.
    static let defaultTenant = "default"

    let tenant: String
    /// Empty for the tenant as a whole.
    let owner: String

    /// - Parameter tenant: as a message has it; empty for the default.
    init(tenant: String, owner: String) {
        self.tenant = tenant.isEmpty ? Self.defaultTenant : tenant
        self.owner = owner
    }

    init(_ request: LLMV1.SubmitRequest) {
        self.init(tenant: request.tenant, owner: request.owner)
    }

    /// The tenant as a whole.
    var wholeTenant: Payer { Payer(tenant: tenant, owner: "") }
}

extension Payer: CustomStringConvertible {
    /// For a person to read.
    var description: String { owner.isEmpty ? "tenant \(tenant)" : "owner \(owner) of tenant \(tenant)" }
}
