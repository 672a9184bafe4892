import ArgumentParser
import Foundation
import Wire
import WireDump

/// A call as the frames that both sides send: a line of `proto/golden/transcripts`.
struct Transcript: Decodable {
    let method: String
    let client: [String]
    let server: [String]

    /// A check for each line of a file.
    ///
    /// - Throws: ``ExitCode`` after telling which line is wrong.
    static func checks(in file: String) throws -> [ConformanceCheck] {
        guard let content = FileManager.default.contents(atPath: file), let text = String(data: content, encoding: .utf8) else {
            Output.complain("\(file): expected a file of UTF-8 that can be read")
            throw ExitCode.failure
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().filter { !$0.element.isEmpty }
        guard !lines.isEmpty else {
            Output.complain("\(file): expected a transcript in it")
            throw ExitCode.failure
        }
        return try lines.map { place, line in
            // Whatever is wrong with it, it is no transcript.
            guard let transcript = try? JSONDecoder().decode(Transcript.self, from: Data(line.utf8)),
                let client = bytes(transcript.client), let server = bytes(transcript.server)
            else {
                Output.complain("\(file):\(place + 1): expected a method, and frames of client and server in hexadecimal")
                throw ExitCode.failure
            }
            return ConformanceCheck("\(file):\(place + 1)", transcript.method) { try await play(client, server, to: $0) }
        }
    }

    private static func play(_ client: [[UInt8]], _ server: [[UInt8]], to subject: ConformanceSubject) async throws {
        try await subject.connected { peer in
            for frame in client { try await peer.send(frame) }
            for frame in server {
                let expected = "\(frame.hexadecimal) of the transcript"
                let got = try await peer.next(expected)
                guard got.encoded() == frame else {
                    throw ConformanceFault(expected: expected, got: "\(got.encoded().hexadecimal), \(got.told)")
                }
            }
        }
    }

    private static func bytes(_ frames: [String]) -> [[UInt8]]? {
        let all = frames.compactMap { digits -> [UInt8]? in
            let values = digits.compactMap(\.hexDigitValue)
            guard values.count == digits.count, digits.count.isMultiple(of: 2) else { return nil }
            return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
        }
        return all.count == frames.count ? all : nil
    }
}
