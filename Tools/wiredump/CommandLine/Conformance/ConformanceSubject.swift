import Contracts
import Wire
import WireDump

/// A server that is checked, and what it has by which to check it.
struct ConformanceSubject: Sendable {
    static let check = MethodDescriptor(service: "huleedu.wire.v1.Health", method: "Check")
    static let watch = MethodDescriptor(service: "huleedu.wire.v1.Health", method: "Watch")
    static let samples = "huleedu.sample.v1.Samples"
    static let echo = "huleedu.test.Echo"

    let address: Address
    let client: any ClientTransport
    /// A unary method that answers an empty request well.
    let method: MethodDescriptor

    /// Says something on a connection of its own.
    func connected(_ body: (RawConnection) async throws -> Void) async throws {
        let connection = try await RawConnection.connect(to: address)
        do {
            try await body(connection)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// Skips a check that needs a method which the server does not have.
    func need(_ method: MethodDescriptor) async throws {
        do {
            // A method that streams refuses this, and has said thereby that it is there.
            _ = try await client.call(method, payload: [], options: .timeout(.seconds(5)))
        } catch let error as RPCError where error.code == .unimplemented {
            throw CheckSkipped(reason: "the server has no \(method)")
        } catch let error as RPCError where error.code == .unavailable {
            throw CheckFault(expected: "a server", got: "\(error)")
        } catch is RPCError {
            // It is there.
        }
    }

    static func samples(_ method: String) -> MethodDescriptor { MethodDescriptor(service: samples, method: method) }
}
