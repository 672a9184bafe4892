import Glibc
import NIOCore

extension ServerError {
    /// A server that would ask nobody who they are, at an address that others can reach.
    init(unprotected place: BoundAddress) {
        self.init(
            code: .unprotected,
            message: "\(place) can be reached from other machines, and nothing says who may call what there", cause: nil)
    }

    /// Why a socket could not be bound.
    public init(binding place: BoundAddress, failedWith error: any Error) {
        guard let failure = error as? IOError else {
            self.init(code: .addressUnavailable, message: "\(place) is no address to listen on", cause: error)
            return
        }
        switch failure.errnoCode {
        case EADDRINUSE:
            self.init(code: .addressInUse, message: "\(place) is taken: something else listens there", cause: error)
        default:
            self.init(code: .addressUnavailable, message: "\(place) can't be listened on: \(failure.description)", cause: error)
        }
    }
}
