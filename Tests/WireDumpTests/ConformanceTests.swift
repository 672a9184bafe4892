import ChildProcesses
import Foundation
import Testing

@testable import WireDump

@Suite("The results of conformance checks", .timeLimit(.minutes(1)))
struct ConformanceTests {
    private static func result(_ outcome: ConformanceResult.Outcome) -> ConformanceResult {
        ConformanceResult(number: 7, check: "a#b:7", claim: #"it's # so"#, outcome: outcome)
    }

    @Test("stand as the Test Anything Protocol has them, and nothing in them is taken for a directive")
    func tap() {
        #expect(Self.result(.passed).lines(.tap) == [##"ok 7 - a\#b:7 it's \# so"##])
        #expect(Self.result(.skipped("no \\ there")).lines(.tap) == [##"ok 7 - a\#b:7 it's \# so # SKIP no \\ there"##])
        let fault = ConformanceFault(expected: "OK", got: "nothing")
        #expect(
            Self.result(.failed(fault)).lines(.tap) == [##"not ok 7 - a\#b:7 it's \# so"##, "# expected OK", "# got nothing"])
    }

    @Test("stand as JSON, an object for each")
    func json() {
        let name = #"{"check":"a#b:7","claim":"it's # so","result":"#
        #expect(Self.result(.passed).lines(.json) == [name + #""passed"}"#])
        #expect(Self.result(.skipped("none")).lines(.json) == [name + #""skipped","reason":"none"}"#])
        let fault = ConformanceFault(expected: "a", got: "\"b\"")
        #expect(Self.result(.failed(fault)).lines(.json) == [name + #""failed","expected":"a","got":"\"b\""}"#])
    }

    @Test(
        "are not asked for in vain",
        arguments: [
            ([], "Expected a server, or --list and none."), (["here"], "server: expected HOST:PORT"),
            (["127.0.0.1:1", "--list"], "Expected a server, or --list and none."),
            (["127.0.0.1:1", "--only", "WC999"], "--only: there is no check 'WC999'"),
            (["127.0.0.1:1", "--except", "*"], "--except: it leaves no check."),
            (["127.0.0.1:1", "--method", "a.Service"], "--method: expected SERVICE/METHOD."),
            (["127.0.0.1:1", "--timeout", "0"], "--timeout: expected above 0 to 3600 seconds."),
            (["127.0.0.1:1", "--timeout", "3601"], "--timeout: expected above 0 to 3600 seconds."),
            (["127.0.0.1:1", "--wait", "3601"], "--wait: expected 0 to 3600 seconds."),
            (["127.0.0.1:1", "--transcripts", "a", "--method", "a.B/C"], "--method: transcripts name their methods themselves."),
        ] as [([String], String)])
    func refusals(arguments: [String], text: String) async throws {
        let program = try ChildProcess.program("wiredump", ["conform"] + arguments)
        #expect(await program.wait() == 64)
        #expect(program.printed.contains(text), "\(program.printed)")
    }

    @Test("say what was got where there is no connection, or none that is secure")
    func noConnection() async throws {
        let mock = try ChildProcess.program("wiredump", ["mock", "\(Self.golden)/calls/huleedu.cj.v1.CJAssessment.jsonl"])
        let place = try #require(await mock.firstLine()?.split(separator: " ").last.map(String.init))
        let longName = String(repeating: "a", count: 300)
        for (arguments, told) in [
            (["127.0.0.1:1"], "expected a connection to 127.0.0.1:1, got none: Connection refused"),
            (
                [place, "--tls", "--tls-name", longName],
                "expected a connection to \(place) over TLS, got none: TLS cannot be set up for the server's name"
            ),
            ([place, "--tls"], "expected a connection to \(place) over TLS, got none: TLS failed: the peer "),
        ] {
            let run = try ChildProcess.program("wiredump", ["conform"] + arguments)
            #expect(await run.wait() != 0)
            #expect(run.printed.contains(told), "\(run.printed)")
        }
        mock.signal(SIGTERM)
        #expect(await mock.wait() == 0)
    }

    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "proto/golden").path

    @Test("of transcripts tell whether a server answers frame by frame as it is written")
    func transcripts() async throws {
        let service = "huleedu.cj.v1.CJAssessment.jsonl"
        let mock = try ChildProcess.program("wiredump", ["mock", "\(Self.golden)/calls/\(service)"])
        let place = try #require(await mock.firstLine()?.split(separator: " ").last.map(String.init))
        let transcripts = "\(Self.golden)/transcripts/\(service)"
        let all = try ChildProcess.program("wiredump", ["conform", place, "--transcripts", transcripts])
        #expect(await all.wait() == 0)
        let count = try String(contentsOfFile: transcripts, encoding: .utf8).split(separator: "\n").count
        #expect(count > 10 && all.printed.hasSuffix("wiredump: passed: \(count), skipped: 0, failed: 0\n"), "\(all.printed)")

        let file = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString)")
        defer { _ = try? FileManager.default.removeItem(at: file) }
        let text = try String(contentsOfFile: transcripts, encoding: .utf8)
        for (content, status, told) in [
            // One that ends in another frame.
            (
                text.replacing(#"02001202080a"]}"#, with: #"02001202080b"]}"#), 3,
                "# expected 000000040000000102001202080b of the transcript"
            ),
            ("\n{}\n", 1, ":2: expected a method, and frames of client and server in hexadecimal"),
            ("\n", 1, ": expected a transcript"),
        ] as [(String, Int32, String)] {
            try Data(content.utf8).write(to: file)
            let run = try ChildProcess.program("wiredump", ["conform", place, "--transcripts", file.path])
            #expect(await run.wait() == status)
            #expect(run.printed.contains(told), "\(run.printed)")
        }
        let nowhere = try ChildProcess.program("wiredump", ["conform", place, "--transcripts", "/nowhere"])
        #expect(await nowhere.wait() == 1)
        mock.signal(SIGTERM)
        #expect(await mock.wait() == 0)
    }
}
