import Wire

extension LLMProviderConfiguration {
    var queueBounds: QueueBounds { QueueBounds(total: maximumQueue, perTenant: maximumQueuePerTenant) }
}

extension QueueBounds.Full {
    /// As the caller is told it.
    func error(retryAfter pause: Duration) -> RPCError {
        switch self {
        case .total(let limit):
            RPCError(
                .resourceExhausted, "the queue holds \(limit) requests and takes no more", isRefused: true, retryAfter: pause)
        case .tenant(let limit):
            RPCError(
                .resourceExhausted, "the queue holds \(limit) requests of the tenant and takes no more of them", isRefused: true,
                retryAfter: pause)
        }
    }
}
