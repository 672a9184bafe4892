import ChildProcesses
import Foundation

/// A codec of Google's, in a process of its own: `Tools/peers/python/codec`.
struct OtherCodec {
    /// A message that both codecs are asked to read.
    struct Question {
        let type: String
        let bytes: [UInt8]
        /// The same as JSON, where that is asked for as well.
        var json: String?
    }

    struct Answer: Decodable {
        let refused: Bool?
        /// What it writes of what it has read, in hexadecimal.
        let written: String?
        /// What it has read, as JSON.
        let json: String?
        /// What it writes of the question's JSON.
        let parsed: String?
    }

    /// What the program says that it reads with, `cpp` for example.
    let name: String
    /// How it is started: a Python, and variables for it.
    let python: String
    let environment: [String: String]

    private static let program = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Tools/peers/python/codec").standardized.path

    /// Whether Debian's packages are there: its Python reads by its C++ library, and by one in Python where that is asked for.
    static let isInstalled = FileManager.default.fileExists(
        atPath: "/usr/lib/python3/dist-packages/google/protobuf/message.py")

    static let compiled = OtherCodec(name: "cpp", python: "/usr/bin/python3", environment: [:])
    static let interpreted = OtherCodec(
        name: "python", python: "/usr/bin/python3", environment: ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python"])

    /// The release of PyPI's that the differences were found in.
    private static let release = "protobuf==7.36.2"

    /// The one of PyPI, installed into a folder; nil where that cannot be done.
    static func published(in folder: URL) async throws -> OtherCodec? {
        let create = try ChildProcess(["python3", "-m", "venv", folder.path])
        guard await create.wait() == 0 else { return nil }
        let install = try ChildProcess([
            folder.path + "/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--timeout", "20",
            "--retries", "1", release,
        ])
        guard await install.wait() == 0 else { return nil }
        return OtherCodec(name: "upb", python: folder.path + "/bin/python", environment: [:])
    }

    /// An answer to each question.
    ///
    /// - Parameter folder: for the files that pass between the two.
    func answers(to questions: [Question], contracts: [UInt8], in folder: URL) async throws -> [Answer] {
        let files = ["contracts", "questions", "answers"].map { folder.appending(path: "\(name)-\($0)") }
        try Data(contracts).write(to: files[0])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        var lines = Data()
        for question in questions {
            let digits = question.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            lines += try encoder.encode([question.type, digits, question.json]) + [UInt8(ascii: "\n")]
        }
        try lines.write(to: files[1])
        let process = try ChildProcess(
            [python, Self.program] + files.map(\.path), environment: environment.mapValues { $0 }, standardError: .collected)
        guard await process.wait() == 0, await process.firstLine()?.hasPrefix(name + " ") == true else {
            throw Failure(program: python, printed: process.printed)
        }
        let text = try String(contentsOf: files[2], encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    }

    /// A program that did not do what it was started for.
    struct Failure: Error {
        let program: String
        let printed: String
    }
}
