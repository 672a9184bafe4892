import CJCore
import Crypto
import FoundationEssentials

/// What is kept about one run, so that it can be told from others and continued.
struct RunRecord: Sendable, Hashable, Codable {
    /// How far a run has come.
    enum State: String, Sendable, Hashable, Codable {
        /// Its database is made; nothing has been asked of any judge.
        case preparing
        /// Its assessment has been started, or may have been. One that is found in this state was interrupted.
        case started
        /// Its judge failed.
        case failed
        /// It ended with a ranking that was handed over.
        case finished
    }

    /// Also the assessment's id.
    let id: String
    /// Name of the run's own database.
    let database: String
    /// Which server holds the database, as ``DatabaseServer/mark`` has it.
    let server: String
    /// Hash of everything that makes a run what it is: essays, question, rubric, judge, pairing.
    let fingerprint: String
    let folder: String
    let seed: UInt64
    let startedUnixSeconds: Int64
    var state: State
    /// The alignment that it is a repeat of; nil for a run that stands by itself.
    var series: Series?

    /// Like runs that make one alignment.
    struct Series: Sendable, Hashable, Codable {
        let id: String
        /// How many runs it is to have.
        let repeats: Int
        /// Of each run.
        let comparisons: Int
        /// Of the first run.
        let seed: UInt64
    }
}

/// The records of a data folder.
struct RunRecords: Sendable {
    let folder: String

    /// Every readable record, newest first.
    func all() throws(CommandError) -> [RunRecord] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw CommandError(.dataFolderUnusable, "The folder \(quoted(folder)) cannot be read.", cause: error)
        }
        return names.filter { $0.hasSuffix(".json") }
            .compactMap { name in
                // A record cut short by a crash while it was written is no run: the whole file replaces the old one or it does not.
                guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { return nil }
                return try? JSONDecoder().decode(RunRecord.self, from: data)
            }
            .sorted { ($1.startedUnixSeconds, $1.id) < ($0.startedUnixSeconds, $0.id) }
    }

    /// Writes a record in one step.
    func save(_ record: RunRecord) throws(CommandError) {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(record).write(to: URL(filePath: folder + "/" + record.id + ".json"), options: .atomic)
        } catch {
            throw .dataUnwritable(at: folder, "The run's record cannot be written to \(quoted(folder)).", cause: error)
        }
    }

    /// The record of a run as it was last written; nil when there is none.
    func find(_ id: String) throws(CommandError) -> RunRecord? {
        try all().first { $0.id == id }
    }

    func remove(_ record: RunRecord) throws(CommandError) {
        do {
            try FileManager.default.removeItem(atPath: folder + "/" + record.id + ".json")
        } catch {
            throw CommandError(.dataFolderUnusable, "The record of run \(record.id) cannot be removed.", cause: error)
        }
    }
}

extension RankSettings {
    /// Hash of everything by which judgements would come out differently, except the seed. How far to go is not in it: a run can be
    /// continued with another budget and to another reliability.
    func fingerprint(
        essays: [Essay], anchors: [Essay.ID: String], qualities: [Essay.ID: Double], provider: String, model: String
    ) -> String {
        var hash = SHA256()
        func add(_ field: String) {
            var length = UInt64(field.utf8.count).littleEndian
            withUnsafeBytes(of: &length) { hash.update(bufferPointer: $0) }
            hash.update(data: Array(field.utf8))
        }
        for essay in essays {
            add(essay.id)
            add(essay.text)
            add(anchors[essay.id] ?? "")
            add(qualities[essay.id].map { "\($0)" } ?? "")
        }
        add(question ?? "")
        add(rubric ?? "")
        add(language.rawValue)
        add(anchors.isEmpty ? "" : scale.grades.joined(separator: ","))
        // Only where there are any, so that runs from before are still found.
        if !anchors.isEmpty, scale.steps.contains(where: { !$0.isEmpty }) { add("\(scale.steps.map(\.rawValue))") }
        if !anchors.isEmpty, usesExpectedShares { add("\(scale.expectedShares ?? [])") }
        add(provider)
        add(model)
        add(temperature.map { "\($0)" } ?? "")
        add("\(levels.rawValue)")
        add(pairing.rawValue)
        if let repetition { add("repetition \(repetition)") }
        return hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
