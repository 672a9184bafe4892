import Synchronization
import Testing

@testable import Wire

@Suite("The transport in process")
struct InProcessTransportTests {
    private struct Closure: RPCService {
        let name = "test.Closure"
        let methods = ["Run"]
        let body: @Sendable ([UInt8], ServerContext) async throws -> [UInt8]

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            try await body(payload, context)
        }
    }

    private struct Secret: Error {}

    private let run = MethodDescriptor(service: "test.Closure", method: "Run")

    private func error(
        of call: () async throws -> [UInt8], _ location: SourceLocation = #_sourceLocation
    ) async -> RPCError? {
        do {
            _ = try await call()
        } catch let error as RPCError {
            return error
        } catch {
            Issue.record("\(error) is no RPCError", sourceLocation: location)
        }
        return nil
    }

    @Test("hands the payload, the metadata and the deadline to the handler and its answer to the caller")
    func answers() async throws {
        let deadline = Deadline.after(.seconds(60))
        let transport = InProcessTransport([
            Closure { payload, context in
                #expect(context.metadata["key"] == "value" && context.deadline == deadline)
                return payload.reversed()
            }
        ])
        let options = CallOptions(deadline: deadline, metadata: Metadata([("key", "value")]))
        #expect(try await transport.call(run, payload: [1, 2], options: options) == [2, 1])
    }

    @Test("says UNIMPLEMENTED, and that nothing has run, for a service or a method that is not there")
    func unimplemented() async {
        let transport = InProcessTransport([Closure { payload, _ in payload }])
        for method in [MethodDescriptor(service: "test.Closure", method: "Walk"), MethodDescriptor(service: "x", method: "Run")] {
            let error = await error { try await transport.call(method, payload: [], options: CallOptions()) }
            #expect(error?.code == .unimplemented && error?.isRefused == true)
        }
    }

    @Test("passes on a handler's error without its cause, and of any other nothing but that there was one")
    func errors() async {
        let reported = Mutex(0)
        let transport = InProcessTransport(
            [
                Closure { payload, _ in
                    guard payload.isEmpty else { throw Secret() }
                    throw RPCError(.aborted, "again", isRefused: true, cause: Secret())
                }
            ], report: { error, _ in reported.withLock { $0 += error is Secret ? 1 : 0 } })
        let chosen = await error { try await transport.call(run, payload: [], options: CallOptions()) }
        #expect(chosen?.code == .aborted && chosen?.message == "again" && chosen?.isRefused == true && chosen?.cause == nil)
        let other = await error { try await transport.call(run, payload: [1], options: CallOptions()) }
        #expect(other?.code == .internal && other?.message.contains("Secret") == false)
        #expect(reported.withLock { $0 } == 1)
    }

    @Test("says CANCELLED of a call that was cancelled, in whatever words its handler fails, and reports no fault")
    func cancelledHandlers() async {
        let reported = Mutex(0)
        let context = ServerContext(method: run, metadata: Metadata(), deadline: .after(.seconds(60)), peer: "test")
        func answer(isCancelled: Bool, throwing error: any Error) async -> StatusCode? {
            let router = Router([Closure { _, _ in throw error }]) { _, _ in reported.withLock { $0 += 1 } }
            let call = Task {
                while isCancelled && !Task.isCancelled { await Task.yield() }
                return await router.answer([], by: router.route(of: context.method), context: context)
            }
            if isCancelled { call.cancel() }
            guard case .failure(let error) = await call.value else { return nil }
            return error.code
        }
        #expect(await answer(isCancelled: true, throwing: Secret()) == .cancelled)
        #expect(await answer(isCancelled: true, throwing: CancellationError()) == .cancelled)
        #expect(await answer(isCancelled: false, throwing: CancellationError()) == .cancelled)
        #expect(await answer(isCancelled: true, throwing: RPCError(.notFound, "chosen")) == .notFound)
        #expect(reported.withLock { $0 } == 0)
        #expect(await answer(isCancelled: false, throwing: Secret()) == .internal)
        #expect(reported.withLock { $0 } == 1)
    }

    @Test("ends a call at its deadline and tells the handler to stop")
    func deadline() async {
        let transport = InProcessTransport([
            Closure { _, _ in
                try await Task.sleep(for: .seconds(3600))
                return []
            }
        ])
        let late = await error { try await transport.call(run, payload: [], options: .timeout(.milliseconds(10))) }
        #expect(late?.code == .deadlineExceeded)
        let over = await error { try await transport.call(run, payload: [], options: .timeout(.zero)) }
        #expect(over?.code == .deadlineExceeded)
    }

    @Test("ends a call whose caller gives up")
    func cancellation() async {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let transport = InProcessTransport([
            Closure { _, _ in
                start.yield()
                try await Task.sleep(for: .seconds(3600))
                return []
            }
        ])
        let call = Task { await error { try await transport.call(run, payload: [], options: CallOptions()) } }
        for await _ in started { break }
        call.cancel()
        #expect(await call.value?.code == .cancelled)
    }
}
