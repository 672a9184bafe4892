import Foundation

/// What a fake provider wrote down about the calls it got: a record outside of the system that is tried.
public struct Ledger: Sendable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// A call as a line tells of it; most are nil in the line that tells that an answer was written.
    struct Entry: Decodable {
        let sequence: Int
        /// Zero where its caller did not wait for the answer.
        let status: Int?
        let promptSha256: String?
        /// What went wrong on purpose.
        let fault: String?
        /// When it came, since 1970.
        let receivedNanoseconds: Int64?
        let traceparent: String?
    }

    /// How often each prompt was answered with success, by the prompt's hash.
    public var answers: [String: Int] {
        get throws {
            var answers: [String: Int] = [:]
            for entry in try entries where entry.status == 200 {
                guard let prompt = entry.promptSha256 else { continue }
                answers[prompt, default: 0] += 1
            }
            return answers
        }
    }

    /// The status of every answer, whether it was success or not.
    public var statuses: [Int] {
        get throws { try entries.compactMap(\.status) }
    }

    /// How many calls the provider got. One that it reset has no line but a number, and is made again or followed by others.
    public var calls: Int {
        get throws { try entries.map(\.sequence).max() ?? 0 }
    }

    /// Lines that tell of calls, and those that tell that an answer was written.
    var entries: [Entry] {
        get throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            // The last line may be half written while the provider runs.
            return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").filter { $0.hasSuffix("}") }
                .map { try decoder.decode(Entry.self, from: Data($0.utf8)) }
        }
    }

    /// Waits until so many prompts have been answered.
    public func waitForAnswers(_ count: Int) async throws {
        while try !FileManager.default.fileExists(atPath: path) || answers.count < count {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
