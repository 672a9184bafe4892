import Contracts
import Wire
import WireNIO

/// Lets whoever operates a server, on its own machine, begin its shutdown.
struct Drain: WireV1.DrainService {
    /// Told to begin.
    let signal: DrainSignal
    let load: ServerLoad

    func beginDrain(_ request: WireV1.BeginDrainRequest, context: ServerContext) throws -> WireV1.BeginDrainResponse {
        guard context.isFromThisMachine else {
            throw RPCError(.permissionDenied, "a server is taken out of service from its own machine only")
        }
        signal.begin()
        return WireV1.BeginDrainResponse(runningHandlers: UInt32(load.statistics.runningHandlers))
    }
}
