import Foundation

/// What a fake provider wrote down about the calls it got.
struct Ledger: Sendable {
    let path: String

    private struct Entry: Decodable {
        let sequence: Int
        let status: Int?
        let promptSha256: String?
    }

    /// How often each prompt was answered with success, by the prompt's hash.
    var answers: [String: Int] {
        get throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            var answers: [String: Int] = [:]
            // The last line may be half written while the provider runs.
            for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") where line.hasSuffix("}") {
                let entry = try decoder.decode(Entry.self, from: Data(line.utf8))
                guard entry.status == 200, let prompt = entry.promptSha256 else { continue }
                answers[prompt, default: 0] += 1
            }
            return answers
        }
    }

    /// Waits until so many prompts have been answered.
    func waitForAnswers(_ count: Int) async throws {
        while try !FileManager.default.fileExists(atPath: path) || answers.count < count {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
