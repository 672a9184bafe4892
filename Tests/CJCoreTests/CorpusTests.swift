import CJCore
import Foundation
import Testing

@Suite("Corpus of replies")
struct CorpusTests {
    /// Each line: the winner or the code of the error, a tab, the reply.
    private static let rows: [(expected: String, reply: String)] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/replies.tsv")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }()

    @Test("Every reply of the corpus is read, or refused, as is written beside it")
    func corpus() {
        #expect(Self.rows.count >= 60)
        for (expected, reply) in Self.rows {
            #expect(reading(of: Array(reply.utf8)) == expected, "\(reply)")
        }
    }

    @Test("However replies of the corpus are cut or damaged, one that names no winner does not get one")
    func damage() {
        var generator = SplitMix64(seed: 7)
        for (expected, reply) in Self.rows {
            let bytes = Array(reply.utf8)
            for length in bytes.indices {
                let outcome = reading(of: Array(bytes.prefix(length)))
                // Some replies are a good one with something behind it.
                let isWhole = bytes.prefix(length).count { $0 == UInt8(ascii: "}") } == 1
                #expect(isWhole || (outcome != "first" && outcome != "second"))
            }
            for _ in 0..<100 where !bytes.isEmpty {
                var damaged = bytes
                let position = Int(generator.next() % UInt64(damaged.count))
                damaged[position] = UInt8(truncatingIfNeeded: generator.next())
                let outcome = reading(of: damaged)
                if expected == "first" { #expect(outcome != "second") }
                if expected == "second" { #expect(outcome != "first") }
                guard outcome == "first" || outcome == "second" else { continue }
                #expect(String(decoding: damaged, as: UTF8.self).contains(outcome == "first" ? "irst" : "second"))
            }
        }
    }

    private func reading(of bytes: [UInt8]) -> String {
        do throws(VerdictError) {
            switch try VerdictParser.parse(bytes, levels: .two).outcome {
            case .first: return "first"
            case .second: return "second"
            case .tie: return "undecided"
            }
        } catch {
            return error.code.rawValue
        }
    }
}
