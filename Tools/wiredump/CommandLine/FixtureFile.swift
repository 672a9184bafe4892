import ArgumentParser
import Foundation
import WireDump

/// Files of fixtures, a line each; lines that are blank or begin with # are remarks.
enum FixtureFile {
    struct Entry: Sendable {
        let file: String
        let line: Int
        let fixture: CallFixture
    }

    /// - Throws: ``ExitCode`` after telling which line of which file is wrong, and why.
    static func read(_ paths: [String], _ codec: FixtureCodec) throws -> [Entry] {
        var entries: [Entry] = []
        for path in paths {
            let data =
                path == "-" ? try FileHandle.standardInput.readToEnd() ?? Data() : FileManager.default.contents(atPath: path)
            guard let data, let text = String(data: data, encoding: .utf8) else {
                Output.complain("\(path): expected a file of UTF-8 that can be read")
                throw ExitCode.failure
            }
            for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
                guard line.contains(where: { !$0.isWhitespace }), !line.hasPrefix("#") else { continue }
                do throws(FixtureFault) {
                    entries.append(Entry(file: path, line: index + 1, fixture: try codec.fixture(String(line))))
                } catch {
                    Output.complain("\(path):\(index + 1): \(error)")
                    throw ExitCode.failure
                }
            }
        }
        return entries
    }
}
