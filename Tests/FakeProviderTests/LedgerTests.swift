import CurlClient
import Foundation
import Testing

@testable import FakeProvider

@Suite("The ledger")
struct LedgerTests {
    @Test("tells of each call its prompt, the status sent and whether all of it was written")
    func entries() async throws {
        let clock = ManualClock()
        try await withProvider(.init(faults: FaultPlan(script: [nil, .overloaded, .resetBeforeAnswer]), clock: clock.clock)) {
            provider in
            let body = Sample.comparison("a", "b")
            _ = try await provider.post(body)
            _ = try await provider.post(body)
            await #expect(throws: CurlError.self) { try await provider.post(body) }
            _ = try await provider.post(body)
            _ = try await provider.post(Sample.question(model: "x"))
            try await provider.settle()
            let ledger = provider.provider.ledger
            #expect(ledger.map(\.sequence) == [1, 2, 3, 4, 5])
            #expect(ledger.map(\.status) == [200, 529, 0, 200, 404])
            #expect(ledger.map(\.isWritten) == [true, true, false, true, true])
            #expect(Set(ledger.prefix(4).map(\.promptSHA256)).count == 1)
            #expect(ledger[0].promptSHA256?.count == 64)
            #expect(ledger[0].verdict != nil)
            #expect(ledger[0].verdict == ledger[3].verdict)
            #expect(ledger[1].verdict == nil)
            #expect(ledger[2].fault == "resetBeforeAnswer")
            #expect(ledger[4].promptSHA256 == nil)
            #expect(ledger.allSatisfy { $0.path == "/v1/messages" && $0.received == clock.clock.now() })

            let statistics = provider.provider.statistics
            #expect(statistics.calls == 5)
            #expect(statistics.statuses == [200: 2, 529: 1, 0: 1, 404: 1])
            #expect(statistics.repeated == 1)
            #expect(statistics.faults == 2)
            #expect(statistics.inFlight == 0)
        }
    }

    @Test("is also served over HTTP, and can be emptied")
    func overHTTP() async throws {
        try await withProvider { provider in
            _ = try await provider.post(Sample.comparison("a", "b"))
            try await provider.settle()
            let ledger = try await provider.get("/_fake/ledger", key: nil)
            let entry = try #require(ledger.json["entries"]?.elements?.first)
            #expect(entry["sequence"]?.integer == 1)
            #expect(entry["status"]?.integer == 200)
            #expect(entry["written"]?.truth == true)
            #expect(entry["prompt_sha256"]?.text == provider.provider.ledger.first?.promptSHA256)
            let statistics = try await provider.get("/_fake/statistics", key: nil)
            #expect(statistics.json["calls"]?.integer == 1)
            #expect(statistics.json["statuses"]?["200"]?.integer == 1)
            let reset = try await provider.post([:], to: "/_fake/reset", key: nil)
            #expect(reset.status == 200)
            #expect(provider.provider.ledger.isEmpty)
            #expect(provider.provider.statistics == FakeProviderStatistics())
        }
    }

    @Test("keeps the newest calls up to its limit and counts the others")
    func limit() {
        var ledger = Ledger(capacity: 20)
        for sequence in 1...UInt64(45) {
            ledger.append(
                LedgerEntry(
                    sequence: sequence, received: 0, path: "/", model: nil, promptSHA256: nil, status: 200, verdict: nil,
                    fault: nil, traceparent: nil, isWritten: false))
            #expect(ledger.entries.count <= 20)
            #expect(ledger.entries.last?.sequence == sequence)
        }
        #expect(ledger.entries.count + ledger.forgotten == 45)
        ledger.markWritten(45)
        ledger.markWritten(1)
        #expect(ledger.entries.last?.isWritten == true)
    }

    @Test("as a file has a line before each answer and one after it")
    func file() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }  // What is left over lies in the temporary folder.
        for round in 1...2 {
            try await withProvider(.init(faults: FaultPlan(script: [.resetBeforeAnswer]), ledgerFile: path)) { provider in
                await #expect(throws: CurlError.self) { try await provider.post(Sample.question()) }
                for number in 0..<3 {
                    _ = try await provider.post(Sample.question("\(number)"))
                    try await provider.settle()
                }
            }
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            let values = try lines.map { try JSONParser.parse(Array($0.utf8)) }
            // The call that was reset was never answered, so it has no line; a second run appends.
            #expect(values.count == 6 * round)
            #expect(values.suffix(6).map { $0["sequence"]?.integer } == [2, 2, 3, 3, 4, 4])
            #expect(values.suffix(6).map { $0["status"]?.integer } == [200, nil, 200, nil, 200, nil])
            #expect(values.suffix(6).map { $0["written"]?.truth } == [false, true, false, true, false, true])
        }
    }

    @Test("tells of a call whose caller did not wait for the answer that none was sent")
    func abandoned() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }  // What is left over lies in the temporary folder.
        try await withProvider(.init(faults: FaultPlan(script: [.slow(.seconds(60))]), ledgerFile: path)) { provider in
            let call = Task { try await provider.post(Sample.question()) }
            try await provider.waitForCalls(1...1)
            call.cancel()
            await #expect(throws: CurlError.self) { try await call.value }
            try await provider.settle()
            let entry = try #require(provider.provider.ledger.first)
            #expect(entry.status == 0 && !entry.isWritten && entry.promptSHA256 != nil)
            let line = try JSONParser.parse(Array(Data(contentsOf: URL(fileURLWithPath: path))))
            #expect(line["sequence"]?.integer == 1 && line["status"]?.integer == 0)
            #expect(line["received_nanoseconds"]?.integer == Int(entry.received))
        }
    }

    @Test("that can't be opened is an error at once")
    func unusableFile() {
        #expect(throws: LedgerFileError.self) { try FakeProvider(configuration: .init(ledgerFile: "/nonexistent/ledger")) }
    }

    @Test("that can't be written any more leaves calls unanswered rather than unrecorded")
    func fullDisk() async throws {
        try await withProvider(.init(ledgerFile: "/dev/full")) { provider in
            let error = await #expect(throws: CurlError.self) { try await provider.post(Sample.question()) }
            #expect(error?.code == .connectionLost)
        }
    }
}

@Suite("Qualities from a table")
struct QualitiesTests {
    private func withFolder(_ files: [String: String], test: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "qualities-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // What is left over lies in the temporary folder.
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        try test(folder.path)
    }

    @Test("are found by an essay's bytes and by its text without white space around it")
    func hashes() throws {
        let files = [
            "scores.csv": "\u{FEFF}file,overall,\"syntax, scored\"\r\na.txt,3.5,1\r\n\"b \"\"x\"\".txt\",2,4\n",
            "a.txt": "  Essay A\n\n",
            "b \"x\".txt": "Essay B",
        ]
        try withFolder(files) { folder in
            let qualities = try FakeProvider.qualities(fromCSV: folder + "/scores.csv", folder: folder)
            #expect(qualities[Digest.hex("  Essay A\n\n")] == 3.5)
            #expect(qualities[Digest.hex("Essay A")] == 3.5)
            #expect(qualities[Digest.hex("Essay B")] == 2)
            #expect(qualities.count == 3)
            let syntax = try FakeProvider.qualities(fromCSV: folder + "/scores.csv", column: "syntax, scored", folder: folder)
            #expect(syntax[Digest.hex("Essay B")] == 4)
        }
    }

    @Test(
        "that can't be read say why",
        arguments: [
            ("", "is empty"), ("name,overall\na.txt,1\n", "no column file"), ("file,grade\na.txt,1\n", "no column overall"),
            ("file,overall\na.txt\n", "1 fields in row 2"), ("file,overall\na.txt,good\n", "no number for a.txt"),
            ("file,overall\na.txt,nan\n", "no number for a.txt"), ("file,overall\nz.txt,1\n", "z.txt can't be read"),
            ("file,overall\n\"a.txt,1\n", "ends inside a quoted field"),
        ])
    func mistakes(table: String, words: String) throws {
        try withFolder(["scores.csv": table, "a.txt": "A"]) { folder in
            let error = #expect(throws: QualitiesError.self) {
                try FakeProvider.qualities(fromCSV: folder + "/scores.csv", folder: folder)
            }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
        #expect(throws: QualitiesError.self) { try FakeProvider.qualities(fromCSV: "/nonexistent.csv", folder: "/") }
    }

    @Test("make the judge prefer what people scored higher", .enabled(if: SharedData.exists, "needs ../shared/data"))
    func realEssays() async throws {
        let folder = SharedData.essays
        let qualities = try FakeProvider.qualities(fromCSV: folder + "/scores.csv", folder: folder)
        let judge = JudgeSettings(discrimination: 2, positionBias: 0, idiosyncrasy: 0)
        try await withProvider(.init(judge: judge, qualities: qualities)) { provider in
            let essays = try (1...20).map { number in
                let name = number < 10 ? "essay-0\(number).txt" : "essay-\(number).txt"
                let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
                return (text, try #require(qualities[Digest.hex(text)]))
            }
            var agreements = 0
            var comparisons = 0
            for (first, second) in zip(essays, essays.dropFirst()) where abs(first.1 - second.1) >= 1 {
                let response = try await provider.post(Sample.comparison(first.0, second.0))
                #expect(response.toolInput?["rationale"]?.text?.contains("qualities it was given") == true)
                comparisons += 1
                if (response.toolInput?["winner"] == "first") == (first.1 > second.1) { agreements += 1 }
            }
            #expect(comparisons > 3)
            #expect(Double(agreements) / Double(comparisons) > 0.6)
        }
    }
}

/// Data that is not part of the package.
enum SharedData {
    static let essays = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../../shared/data/essays-distance-learning"
    )
    .standardized.path

    static var exists: Bool { FileManager.default.fileExists(atPath: essays + "/scores.csv") }
}
