import Foundation

/// Essays, or passages of them, that speak to the judge, and others that only come near to it.
enum InstructionCorpus {
    struct Row: Sendable {
        /// What the passage does; empty for what is harmless.
        let kind: String
        let language: String
        let text: String
    }

    /// By whose example the rules were written.
    static let known = rows(of: "instructions")
    /// Written when the rules were finished; the rules were not changed for them.
    static let unseen = rows(of: "instructions-unseen")
    /// Essays on grades, rules, teachers and judges that say nothing to the one who judges them.
    static let harmless = rows(of: "harmless")

    /// Real essays: those that come with the program, and those beside the repository where they are there.
    static let essays: [(name: String, text: String)] = {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let folders = [
            "../../Tools/samples/english", "../../Tools/samples/swedish", "../../../shared/data/essays-distance-learning",
        ]
        return folders.flatMap { folder -> [(String, String)] in
            let url = here.appending(path: folder).standardizedFileURL
            // A folder that is not there has no essays.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
            return names.filter { $0.hasSuffix(".txt") }.sorted().compactMap { name in
                // A file that cannot be read is missed by the test's count.
                (try? String(contentsOf: url.appending(path: name), encoding: .utf8)).map { (name, $0) }
            }
        }
    }()

    private static func rows(of name: String) -> [Row] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/\(name).tsv")
        // A file that cannot be read is missed by the tests' counts.
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            let kind = fields.count > 2 ? String(fields[0]) : ""
            return Row(kind: kind, language: String(fields[fields.count - 2]), text: unescaped(fields[fields.count - 1]))
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        var plain = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                plain.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                plain.append(character)
            }
        }
        return plain
    }
}
