import Crypto

extension ProviderConfiguration {
    /// Tells its keys apart without telling them; empty where there is none.
    var credential: String {
        guard let apiKey else { return "" }
        return SHA256.hash(data: Array(apiKey.value.utf8)).prefix(4).map { String($0, radix: 16) }.joined(separator: ".")
    }
}

/// What a vendor counts together: the requests of one account to one pool of models.
struct LaneID: Sendable, Hashable {
    let provider: String
    /// Tells accounts apart without telling their keys.
    let credential: String
    /// Models that share their limits.
    let pool: String

    /// Who pays, and is let in or not, whatever the model.
    struct Account: Sendable, Hashable {
        let provider: String
        let credential: String
    }

    var account: Account { Account(provider: provider, credential: credential) }

    init(provider: String, credential: String, pool: String) {
        self.provider = provider
        self.credential = credential
        self.pool = pool
    }

    init(_ provider: ProviderConfiguration, model: ModelDescription) {
        self.init(provider: provider.name, credential: provider.credential, pool: model.pool ?? model.id)
    }
}
