import Foundation
import Testing

/// A file of golden fixtures as it is committed.
struct GoldenFile: Sendable, CustomTestStringConvertible {
    /// One case of a message, as any program would read it.
    struct Case: Decodable {
        let name: String
        let bytes: String
        let again: String?
        let refused: String?

        enum CodingKeys: String, CodingKey {
            case name = "case"
            case bytes, again, refused
        }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let contracts = root.appending(path: "proto/golden")
    static let samples = root.appending(path: "Tests/Support/SampleContracts/golden")

    /// `messages/huleedu.cj.v1.Essay.jsonl`
    let path: String
    let lines: [String]

    var testDescription: String { path }
    /// What the file is about, `huleedu.cj.v1.Essay`.
    var subject: String { path.split(separator: "/").last.map { String($0.dropLast(".jsonl".count)) } ?? "" }

    /// All files of a folder of `golden`.
    static func all(below folder: URL) throws -> [GoldenFile] {
        try ["messages", "calls", "transcripts"].flatMap { kind in
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: kind).path).sorted().map { name in
                let text = try String(contentsOf: folder.appending(path: "\(kind)/\(name)"), encoding: .utf8)
                return GoldenFile(
                    path: "\(kind)/\(name)", lines: text.split(separator: "\n").map(String.init))
            }
        }
    }

    func cases() throws -> [Case] {
        try lines.map { try JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }

    /// The bytes that hexadecimal digits are.
    static func bytes(_ digits: String) -> [UInt8] {
        let digits = digits.compactMap(\.hexDigitValue).map(UInt8.init)
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
