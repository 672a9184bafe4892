import Foundation

/// What `huleedu rank` keeps in its data folder, seen from outside.
struct RunFolder {
    private let data: String

    init(_ data: String) { self.data = data }

    /// The states of the runs that are written down.
    var states: [String] {
        records.compactMap { path in
            guard let data = FileManager.default.contents(atPath: path),
                // A record that is being replaced may be absent for a moment, and is looked for again.
                let record = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
            else { return nil }
            return record["state"] as? String
        }
    }

    /// The runs that are written down.
    var records: [String] {
        // Absent before the data folder has been made.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: data + "/runs")) ?? []
        return names.filter { $0.hasSuffix(".json") }.map { data + "/runs/" + $0 }
    }

    /// Databases besides the server's own three.
    var databases: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: data + "/postgresql/postgres/base").count - 3 }
    }
}
