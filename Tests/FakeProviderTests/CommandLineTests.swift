import ChildProcesses
import CurlClient
import Foundation
import Glibc
import Testing

@testable import FakeProvider

/// The executable, as a process of its own.
enum Program {
    static let path = Programs.path("fakeprovider")

    /// Starts it, and gives its URL to `test`.
    static func run(_ arguments: [String], test: (_ url: String, ChildProcess) async throws -> Void) async throws {
        let process = try ChildProcess([path] + arguments)
        defer { process.signal(SIGKILL) }
        let url = try #require(await process.firstLine(), "the provider did not start")
        try await test(url, process)
    }
}

@Suite("The fakeprovider command", .timeLimit(.minutes(3)))
struct CommandLineTests {
    /// Everything that a client sees of a provider, but for the time of day.
    private func transcript(seed: Int) async throws -> [String] {
        var lines: [String] = []
        try await Program.run([
            "--seed", "\(seed)", "--fault", "529=0.2", "--fault", "garbage=0.1", "--fault", "refusal=0.1", "--idiosyncrasy", "1",
        ]) { url, process in
            let client = CurlClient()
            let headers = [(name: "x-api-key", value: "simulated"), ("anthropic-version", "2023-06-01")]
            for number in 0..<120 {
                let body = Sample.comparison("Essay \(number % 40).", "Essay \(number % 7 + 100).")
                let response = try await client.send(HTTPRequest(url: url + "/v1/messages", headers: headers, body: body.encoded))
                let fields = response.headers.fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
                lines.append("\(response.status)\n\(fields)\n\(String(decoding: response.body, as: UTF8.self))")
            }
            await client.shutdown()
            process.signal(SIGTERM)
            #expect(await process.wait() == 0)
        }
        return lines
    }

    @Test("says the same in two processes with one seed, and something else with another")
    func determinism() async throws {
        let first = try await transcript(seed: 7)
        let second = try await transcript(seed: 7)
        let other = try await transcript(seed: 8)
        #expect(first == second)
        #expect(first != other)
        #expect(Set(first.map { $0.prefix(3) }).count == 2, "200 and 529 both occur")
    }

    @Test("explains every option")
    func help() async throws {
        let process = try ChildProcess([Program.path, "--help"])
        let status = await process.wait()
        #expect(status == 0)
        let options = [
            "--host", "--port", "--seed", "--key", "--any-key", "--qualities", "--column", "--essays", "--discrimination",
            "--position-bias", "--idiosyncrasy", "--requests-per-minute", "--input-tokens-per-minute",
            "--output-tokens-per-minute", "--burst", "--fault", "--script", "--always", "--min-latency", "--max-latency",
            "--ledger", "--batch-duration", "--batch-lifetime", "--batch-script",
            "--verbose", "--version",
        ]
        for option in options { #expect(process.printed.contains(option), "\(option)") }
        #expect(process.printed.contains("x-huleedu-simulated"))
    }

    @Test(
        "refuses what makes no sense",
        arguments: [
            ["--port", "65536"], ["--port", "-1"], ["--fault", "529"], ["--fault", "529=2"], ["--fault", "no=0.1"],
            ["--fault", "529=0.6", "--fault", "500=0.6"], ["--script", "ok,what"], ["--always", "x"],
            ["--min-latency", "5", "--max-latency", "4"],
            ["--requests-per-minute", "0"], ["--any-key", "--key", "x"], ["--qualities", "/nonexistent.csv"],
            ["--ledger", "/nonexistent/file"], ["--batch-duration", "-1"], ["--batch-lifetime", "0"], ["--batch-script", "what"],
            ["--idiosyncrasy", "-1"], ["--discrimination", "nan"], ["stray"],
        ])
    func mistakes(arguments: [String]) async throws {
        let process = try ChildProcess([Program.path] + arguments)
        let status = await process.wait()
        #expect(status == 64 || status == 1, "an exit status of its own, and no signal")
    }

    @Test("killed without warning, leaves a ledger that has every answer that a client has got")
    func killed() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }  // What is left over lies in the temporary folder.
        var answered: Set<String> = []
        try await Program.run(["--ledger", path]) { url, process in
            let client = CurlClient()
            let headers = [(name: "x-api-key", value: "simulated"), ("anthropic-version", "2023-06-01")]
            answered = await withTaskGroup(of: String?.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        let body = Sample.question("\(number)").encoded
                        // A provider that has been killed answers nothing, and that is what the test is about.
                        let response = try? await client.send(
                            HTTPRequest(url: url + "/v1/messages", headers: headers, body: body))
                        return try? response.flatMap { _ in try MessagesRequest(body).question.promptSHA256 }
                    }
                }
                var answered: Set<String> = []
                for await prompt in group {
                    if let prompt { answered.insert(prompt) }
                    if answered.count == 100 { process.signal(SIGKILL) }
                }
                return answered
            }
            await client.shutdown()
        }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let recorded = Set(lines.compactMap { line in (try? JSONParser.parse(Array(line.utf8)))?["prompt_sha256"]?.text })
        #expect(answered.count >= 100)
        #expect(answered.isSubset(of: recorded))
    }
}

/// The official Python clients as judges of the imitation.
@Suite("The official clients", .enabled(if: Programs.areInstalled("python3"), "needs python3"))
struct OfficialClientTests {
    @Test("of both providers accept what the fake one says", .timeLimit(.minutes(6)))
    func conformance() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "clients-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }  // What is left over lies in the temporary folder.
        let create = try ChildProcess(["python3", "-m", "venv", folder.path])
        guard await create.wait() == 0 else { try Test.cancel("python3 makes no virtual environment") }
        let install = try ChildProcess([
            folder.path + "/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--timeout", "20",
            "--retries",
            "1", "anthropic", "openai",
        ])
        guard await install.wait() == 0 else {
            try Test.cancel("the official clients can't be installed here")
        }

        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Tools/fakeprovider/Conformance/official_clients.py").standardized.path
        let source = try String(contentsOfFile: script, encoding: .utf8)
        let words = try #require(source.split(separator: "\n").first { $0.hasPrefix("FAULTS = \"") })
        let faults = words.dropFirst(10).dropLast().split(separator: ",").map { $0 == "ok" ? nil : FaultPlan.Fault(String($0)) }
        let provider = try FakeProvider(configuration: .init(faults: FaultPlan(script: faults)))
        let address = try await provider.start()
        let checks = try ChildProcess([
            folder.path + "/bin/python", script, "http://\(address.host):\(address.port)", FakeProviderConfiguration.defaultKey,
        ])
        let status = await checks.wait()
        await provider.stop()
        #expect(status == 0, "\(checks.printed)")
        #expect(checks.printed.split(separator: "\n").count { $0.hasPrefix("ok ") } == 22)
    }
}
