import Postgres
import Synchronization

extension Lanes {
    /// Why a request is not passed on now.
    enum Obstacle: Error, Sendable, Hashable {
        /// The vendor's limits leave no room within what it may wait.
        case paced(Duration)
        /// Nothing is sent to the lane.
        case stopped(Duration)
        /// Another process sends to the provider.
        case elsewhere
    }

    /// Lets a request whose caller waits for it stand in line with the others, unless it would wait for long.
    func pass(_ request: PreparedRequest) throws(Obstacle) {
        let now = now()
        let obstacle = state.withLock { state -> Obstacle? in
            guard !state.foreign.contains(request.parsed.provider.name) else { return .elsewhere }
            let charge = state.estimator.charge(request.size)
            return switch state.table.pass(request, charge: charge, prefix: request.prefix, in: request.lane, at: now) {
            case nil: nil
            case .stopped(let pause)?: .stopped(.nanoseconds(pause))
            case .paced(let pause)?: .paced(.nanoseconds(pause))
            }
        }
        if let obstacle { throw obstacle }
    }

    /// Takes a request out of the line whose caller waits no more.
    func leave(_ request: PreparedRequest) {
        state.withLock { $0.table.remove(in: request.lane) { $0.passage === request.passage } }
    }
}
