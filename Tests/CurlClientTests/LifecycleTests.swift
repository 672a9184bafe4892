import ChildProcesses
import CurlClient
import Glibc
import Synchronization
import Testing

@Suite("Cancellation, room and shutdown")
struct LifecycleTests {
    /// Waits until `condition` holds, at most ten seconds.
    private func eventually(_ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        while !condition() {
            try #require(ContinuousClock.now < deadline, "the condition never came true")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test("cancelling the task ends the transfer and closes its connection")
    func cancelRunning() async throws {
        let arrived = Counter()
        let closed = Counter()
        try await withServer { connection in
            _ = connection.readRequest()
            arrived.add()
            connection.waitForClose()
            closed.add()
        } test: { server, client in
            let url = server.url
            let error = try await withThrowingTaskGroup(of: CurlError?.self) { group in
                group.addTask { await failure(client, HTTPRequest(url: url, body: [1])) }
                try await eventually { arrived.value == 1 }
                group.cancelAll()
                return try await group.next() ?? nil
            }
            #expect(error?.code == .cancelled)
            #expect(error?.requestMayHaveBeenSent == true)
            try await eventually { closed.value == 1 }
        }
    }

    @Test("a task that is cancelled already sends nothing")
    func cancelBefore() async throws {
        try await withServer {
            $0.waitForClose()
        } test: { server, client in
            let url = server.url
            let error = await withTaskGroup(of: CurlError?.self) { group in
                group.cancelAll()
                group.addTask { await failure(client, HTTPRequest(url: url, body: [1])) }
                return await group.next() ?? nil
            }
            #expect(error?.code == .cancelled)
        }
    }

    @Test("cancelling some of many leaves the others alone")
    func cancelSome() async throws {
        try await withServer(.init(maxTransfersInFlight: 8)) { connection in
            while connection.readRequest() != nil { connection.answer("ok") }
        } test: { server, client in
            let url = server.url
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let task = Task { await failure(client, HTTPRequest(url: url, body: [1])) }
                        if number.isMultiple(of: 3) { task.cancel() }
                        let error = await task.value
                        return error == nil || (number.isMultiple(of: 3) && error?.code == .cancelled)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count == 200)
            #expect(outcomes.allSatisfy { $0 })
        }
    }

    @Test("no more transfers run than there is room for, and the others wait their turn")
    func room() async throws {
        let running = Mutex((now: 0, most: 0))
        try await withServer(.init(maxTransfersInFlight: 3)) { connection in
            while connection.readRequest() != nil {
                running.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                running.withLock { $0.now -= 1 }
                connection.answer("ok")
            }
        } test: { server, client in
            let url = server.url
            let errors = await withTaskGroup(of: CurlError?.self) { group in
                for _ in 0..<60 { group.addTask { await failure(client, HTTPRequest(url: url, body: [1])) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.allSatisfy { $0 == nil })
            #expect(running.withLock { $0.most } <= 3)
            #expect(server.connectionCount <= 3)
        }
    }

    @Test("beyond the waiting line a request is refused, unsent")
    func overloaded() async throws {
        let arrived = Counter()
        try await withServer(.init(maxTransfersInFlight: 1, maxWaitingRequests: 1)) { connection in
            _ = connection.readRequest()
            arrived.add()
            connection.waitForClose()
        } test: { server, client in
            let url = server.url
            let codes = try await withThrowingTaskGroup(of: CurlError?.self) { group in
                for _ in 0..<3 { group.addTask { await failure(client, HTTPRequest(url: url, body: [1])) } }
                let first = try await group.next() ?? nil
                #expect(first?.code == .overloaded)
                #expect(first?.requestMayHaveBeenSent == false)
                try await eventually { arrived.value == 1 }
                group.cancelAll()
                return try await group.reduce(into: []) { $0.append($1?.code) }
            }
            #expect(codes == [.cancelled, .cancelled])
        }
    }

    @Test("the time in the waiting line counts, and ends unsent")
    func waitingTimeout() async throws {
        let arrived = Counter()
        try await withServer(.init(maxTransfersInFlight: 1)) { connection in
            _ = connection.readRequest()
            arrived.add()
            connection.waitForClose()
        } test: { server, client in
            let url = server.url
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = await failure(client, HTTPRequest(url: url, body: [1])) }
                try await eventually { arrived.value == 1 }
                let error = await failure(client, HTTPRequest(url: url, body: [2], timeout: .milliseconds(100)))
                #expect(error?.code == .timeout)
                #expect(error?.requestMayHaveBeenSent == false)
                group.cancelAll()
            }
            #expect(arrived.value == 1)
        }
    }

    @Test("shutdown ends what runs and what waits, and later requests fail")
    func shutdown() async throws {
        let arrived = Counter()
        try await withServer(.init(maxTransfersInFlight: 5)) { connection in
            _ = connection.readRequest()
            arrived.add()
            connection.waitForClose()
        } test: { server, client in
            let url = server.url
            let errors = try await withThrowingTaskGroup(of: CurlError?.self) { group in
                for _ in 0..<20 { group.addTask { await failure(client, HTTPRequest(url: url, body: [1])) } }
                try await eventually { arrived.value == 5 }
                await client.shutdown()
                await client.shutdown()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.count == 20)
            #expect(errors.allSatisfy { $0?.code == .shutDown })
            // Requests that no client had submitted yet when it was shut down were not sent either.
            #expect(errors.count { $0?.requestMayHaveBeenSent == true } == 5)
            let late = await failure(client, HTTPRequest(url: url, body: [1]))
            #expect(late?.code == .shutDown)
            #expect(late?.requestMayHaveBeenSent == false)
        }
    }

    @Test("clients can be made and dropped in numbers")
    func manyClients() async throws {
        try await withServer { connection in
            while connection.readRequest() != nil { connection.answer("ok") }
        } test: { server, _ in
            for number in 0..<50 {
                let client = CurlClient()
                let response = try await client.send(HTTPRequest(url: server.url, body: [1]))
                #expect(response.status == 200)
                if number.isMultiple(of: 2) { await client.shutdown() }
            }
        }
    }

    @Test("a program started while a connection is open does not inherit it", .enabled(if: Programs.areInstalled("sleep")))
    func inheritance() async throws {
        let arrived = Counter()
        let closed = Counter()
        try await withServer { connection in
            _ = connection.readRequest()
            arrived.add()
            connection.waitForClose()
            closed.add()
        } test: { server, client in
            let url = server.url
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = await failure(client, HTTPRequest(url: url, body: [1])) }
                try await eventually { arrived.value == 1 }
                let child = try ChildProcess(["sleep", "60"], inheritsDescriptors: true)
                group.cancelAll()
                try await eventually { closed.value == 1 }
                child.signal(SIGKILL)
            }
        }
    }
}
