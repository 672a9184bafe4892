import Contracts
import Wire
import WireDump
import WireNIO

/// A server that is checked, and what it has by which to check it.
struct ConformanceSubject: Sendable {
    static let check = MethodDescriptor(service: "huleedu.wire.v1.Health", method: "Check")
    static let watch = MethodDescriptor(service: "huleedu.wire.v1.Health", method: "Watch")
    static let samples = "huleedu.sample.v1.Samples"
    static let echo = "huleedu.test.Echo"

    let address: Address
    /// Of connections; nil for plain TCP.
    let security: (any ConnectionSecurity)?
    /// A connection that is made when something is asked on it.
    let client: any ClientTransport
    /// A unary method that answers an empty request well.
    let method: MethodDescriptor

    static func samples(_ method: String) -> MethodDescriptor { MethodDescriptor(service: samples, method: method) }

    /// Says something on a connection of its own, which is closed afterwards, or when the task is told to stop.
    func connected(_ body: (RawConnection) async throws -> Void) async throws {
        let connection = try await RawConnection.connect(to: address, security)
        try await withTaskCancellationHandler {
            do {
                try await body(connection)
            } catch {
                await connection.close()
                throw error
            }
            await connection.close()
        } onCancel: {
            connection.abandon()
        }
    }

    /// Waits for a server that does not listen yet, for so long at most.
    ///
    /// - Throws: ``ConformanceFault`` where it does not come to listen.
    func listens(within time: Duration) async throws {
        let end = ContinuousClock.now + time
        while true {
            do {
                return try await connected { _ in }
            } catch let fault as ConformanceFault {
                guard ContinuousClock.now < end else { throw fault }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Skips a check that needs a method which the server does not have.
    func need(_ method: MethodDescriptor) async throws {
        // A server that is gone is told at once, where a client would go on trying.
        try await connected { _ in }
        do {
            // A method that streams refuses this, and has said thereby that it is there.
            _ = try await client.call(method, payload: [], options: .timeout(.seconds(5)))
        } catch let error as RPCError where error.code == .unimplemented {
            throw CheckSkipped(reason: "the server has no \(method)")
        } catch let error as RPCError where error.code == .unavailable {
            throw ConformanceFault(expected: "a server", got: error.told)
        } catch is RPCError {
            // It is there.
        }
    }

    /// Expects that a server can be checked by its method.
    ///
    /// - Throws: ``ConformanceFault`` where it says nothing, or that the call failed. What else is wrong the checks will find.
    func expectMethod() async throws {
        try await connected { peer in
            let expected = "that \(method) answers an empty request well"
            try await peer.request(1, method)
            let frame = try await peer.next(expected)
            // What cannot be read is not said to have failed.
            guard case .failure(let error) = try? ResponseEnvelope(decoding: frame.payload) else { return }
            throw ConformanceFault(expected: expected, got: error.told)
        }
    }
}
